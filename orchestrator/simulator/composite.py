"""`/composite`: up to 25 calls in one, in order, with references, as one transaction if asked."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.simulator import addresses, collection_writes, references, unsettled
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import ApiError, Refusal, bad_json, refusal

MOST, MOST_BULKY = 25, 5
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE"})
FORBIDDEN_HEADERS = frozenset({"accept", "authorization", "content-type"})
REFERENCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
HALTED = ApiError(
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction failed.",
)
UNSUPPORTED = "The requested resource is not supported in a composite request."
Perform = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Item:
    """One subrequest."""

    method: str
    url: str
    reference: str
    headers: Mapping[str, str]
    body: Any


def handle(call: Call, perform: Perform) -> Answer:
    """
    Do the subrequests of a composite request.

    :raises Refusal: if the request as a whole is malformed
    """
    items, all_or_none = _read(call)
    store, switches = call.context.org.store, call.context.org.switches
    start = store.mark()
    answers: list[Answer] = []
    known: dict[str, Any] = {}
    for item in items:
        mark = store.mark()
        answer = _do(call, item, known, perform)
        answers.append(answer)
        if is_error(answer):
            store.roll_back(mark)
        else:
            known[item.reference] = answer.body
        undone = all_or_none and _failed(item, answer)
        if undone and unsettled.takes_others_back(switches, answer):
            store.roll_back(start)
            return Answer(200, _written(call, items, _rolled_back(items, answers)))
    return Answer(200, _written(call, items, answers))


def _do(call: Call, item: Item, known: Mapping[str, Any], perform: Perform) -> Answer:
    try:
        path, query = addresses.split(references.fill_text(item.url, known))
        body = references.fill(item.body, known)
    except Refusal as error:
        return Answer(error.status, error.body())
    if not _is_supported(path[1:]):
        return Answer(400, [refusal("PROCESSING_HALTED", UNSUPPORTED).errors[0].as_row()])
    switches = call.context.org.switches
    headers = unsettled.item_headers(switches, item.headers)
    context = replace(call.context, version=path[0], headers=headers)
    answer = perform(Call(context, item.method, path[1:], query, body))
    return unsettled.as_item(switches, answer)


def _is_supported(path: tuple[str, ...]) -> bool:
    words = tuple(word.lower() for word in path[:2])
    return words[:1] in (("sobjects",), ("query",), ("queryall",)) or words == (
        "composite",
        "sobjects",
    )


def _failed(item: Item, answer: Answer) -> bool:
    return is_error(answer) or (
        is_collection(item.url) and collection_writes.has_failures(answer.body)
    )


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


def _written(call: Call, items: Sequence[Item], answers: Sequence[Answer]) -> dict[str, Any]:
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


def is_collection(url: str) -> bool:
    """Say whether an address is one of the collections."""
    return "/composite/sobjects" in url.lower()


def _read(call: Call) -> tuple[list[Item], bool]:
    body = call.body if isinstance(call.body, Mapping) else {}
    entries = body.get("compositeRequest")
    if not isinstance(entries, list) or not entries:
        raise bad_json("The body must be an object with a list of subrequests: compositeRequest.")
    if len(entries) > MOST:
        raise _malformed(f"Limit exceeded: at most {MOST} subrequests are allowed.")
    items = [_item(entry) for entry in entries]
    names = [item.reference for item in items]
    if len(set(names)) < len(names):
        raise _malformed("Each referenceId must be used once only.")
    if sum(_is_bulky(item.url) for item in items) > MOST_BULKY:
        raise _malformed(f"At most {MOST_BULKY} subrequests may be queries or collections.")
    return items, body.get("allOrNone") is True


def _item(entry: Any) -> Item:
    if not isinstance(entry, Mapping):
        raise bad_json("Each subrequest must be an object.")
    method, url, reference = (entry.get(name) for name in ("method", "url", "referenceId"))
    if method not in METHODS:
        raise _malformed(f"Invalid HTTP method: {method}")
    if not isinstance(url, str) or not addresses.is_data_path(url):
        raise _malformed(f"The url must start with /services/data/vXX.X/: {url}")
    if not isinstance(reference, str) or not REFERENCE_ID.fullmatch(reference):
        raise _malformed(f"Provided referenceId ({reference}) is not valid.")
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
            raise _malformed(f"The header {name} is not allowed in a subrequest.")
    return {name.lower(): value for name, value in given.items()}


def _is_bulky(url: str) -> bool:
    path = url.lower().split("?", 1)[0]
    return is_collection(path) or "/query" in path


def _malformed(message: str) -> Refusal:
    return refusal("INVALID_REQUEST", message)
