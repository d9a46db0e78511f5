"""The subrequests of a composite or of a graph: read, done in order, written."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.simulator import addresses, collection_writes, references, unsettled
from orchestrator.simulator.calls import Answer, Call, Headers
from orchestrator.simulator.errors import ApiError, Refusal, bad_json, refusal

METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE"})
FORBIDDEN_HEADERS = frozenset({"accept", "authorization", "content-type"})
REFERENCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
HALTED = ApiError(
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction failed.",
)
UNSUPPORTED = "The requested resource is not supported in a composite request."
Perform = Callable[[Call], Answer]
Supports = Callable[[str, tuple[str, ...]], bool]


@dataclass(frozen=True, slots=True)
class Item:
    """One subrequest."""

    method: str
    url: str
    reference: str
    headers: Headers
    body: Any


@dataclass(frozen=True, slots=True)
class Rules:
    """What items may call, which of their headers count, and what undoes the others."""

    supports: Supports
    headers: Callable[[Headers], Headers]
    undoes: Callable[[Answer], bool]


def run(call: Call, items: Sequence[Item], perform: Perform, rules: Rules) -> list[Answer]:
    """Do subrequests in order; return their answers as they are after what was undone."""
    store = call.context.org.store
    start = store.mark()
    answers: list[Answer] = []
    known: dict[str, Any] = {}
    for item in items:
        mark = store.mark()
        answer = _do(call, item, known, perform, rules)
        answers.append(answer)
        if is_error(answer):
            store.roll_back(mark)
        else:
            known[item.reference] = answer.body
        if has_failed(item, answer) and rules.undoes(answer):
            store.roll_back(start)
            return _rolled_back(items, answers)
    return answers


def _do(call: Call, item: Item, known: Mapping[str, Any], perform: Perform, rules: Rules) -> Answer:
    try:
        path, query = addresses.split(references.fill_text(item.url, known))
        body = references.fill(item.body, known)
    except Refusal as error:
        return Answer(error.status, error.body())
    if not rules.supports(item.method, path[1:]):
        return Answer(400, [refusal("PROCESSING_HALTED", UNSUPPORTED).errors[0].as_row()])
    context = replace(call.context, version=path[0], headers=rules.headers(item.headers))
    answer = perform(Call(context, item.method, path[1:], query, body))
    return unsettled.as_item(call.context.org.switches, answer)


def _rolled_back(items: Sequence[Item], answers: Sequence[Answer]) -> list[Answer]:
    """Return all items as halted, save the one that failed and collections that were done."""
    shown = []
    for place, item in enumerate(items):
        done = place < len(answers)
        # Documented, and a trap: rows of a collection still say that they succeeded.
        keeps = done and (is_error(answers[place]) or is_collection(item.url))
        keeps = keeps or place == len(answers) - 1
        shown.append(answers[place] if keeps else Answer(400, [HALTED.as_row()]))
    return shown


def written(call: Call, items: Sequence[Item], answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the answers of subrequests in their envelope."""
    switches = call.context.org.switches
    return {
        "compositeResponse": [
            unsettled.written_item(switches, answer, item.reference)
            for item, answer in zip(items, answers, strict=True)
        ]
    }


def is_error(answer: Answer) -> bool:
    """Say whether a subrequest did not do what it was asked to."""
    return answer.status >= 300 and answer.status != 304


def has_failed(item: Item, answer: Answer) -> bool:
    """Say whether a subrequest, or a row of its collection, did not do what it was asked to."""
    return is_error(answer) or (
        is_collection(item.url) and collection_writes.has_failures(answer.body)
    )


def is_collection(url: str) -> bool:
    """Say whether an address is one of the collections."""
    return "/composite/sobjects" in url.lower()


def read(entries: Any) -> list[Item]:
    """
    Return the subrequests of a body's list: `compositeRequest`.

    :raises Refusal: if one is malformed, or two have the same name
    """
    if not isinstance(entries, list) or not entries:
        raise bad_json("The body must be an object with a list of subrequests: compositeRequest.")
    items = [_item(entry) for entry in entries]
    if len({item.reference for item in items}) < len(items):
        raise malformed("Each referenceId must be used once only.")
    return items


def _item(entry: Any) -> Item:
    if not isinstance(entry, Mapping):
        raise bad_json("Each subrequest must be an object.")
    method, url, reference = (entry.get(name) for name in ("method", "url", "referenceId"))
    if method not in METHODS:
        raise malformed(f"Invalid HTTP method: {method}")
    if not isinstance(url, str) or not addresses.is_data_path(url):
        raise malformed(f"The url must start with /services/data/vXX.X/: {url}")
    if not isinstance(reference, str) or not REFERENCE_ID.fullmatch(reference):
        raise malformed(f"Provided referenceId ({reference}) is not valid.")
    return Item(method, url, reference, _headers(entry.get("httpHeaders")), entry.get("body"))


def _headers(given: Any) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise bad_json("httpHeaders must be an object.")
    for name, value in given.items():
        if not isinstance(value, str):
            raise bad_json(f"Cannot deserialize instance of string for the header {name}")
        if name.lower() in FORBIDDEN_HEADERS:
            raise malformed(f"The header {name} is not allowed in a subrequest.")
    return {name.lower(): value for name, value in given.items()}


def malformed(message: str) -> Refusal:
    """Return the refusal of a request whose parts are not as they must be."""
    return refusal("INVALID_REQUEST", message)
