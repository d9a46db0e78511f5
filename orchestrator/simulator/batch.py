"""`/composite/batch`: up to 25 calls in one, each for itself, in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.simulator import addresses
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import ApiError, Refusal, bad_json, refusal

MOST = 25
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE"})
HALTED = ApiError("BATCH_PROCESSING_HALTED", "Batch processing halted per request")
ROOT = "/services/data/"
Perform = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Item:
    """One subrequest; its address begins at the version."""

    method: str
    url: str
    body: Any


def handle(call: Call, perform: Perform) -> Answer:
    """
    Do the subrequests of a batch; what went well stays, whatever becomes of the others.

    :raises Refusal: if the request as a whole is malformed
    """
    items, halt_on_error = _read(call)
    answers: list[Answer] = []
    for item in items:
        halted = halt_on_error and any(_is_error(answer) for answer in answers)
        answers.append(Answer(412, [HALTED.as_row()]) if halted else _do(call, item, perform))
    return Answer(200, _written(answers))


def _do(call: Call, item: Item, perform: Perform) -> Answer:
    try:
        path, query = addresses.split(item.url)
    except Refusal as error:
        return Answer(error.status, error.body())
    if path[1:2] and path[1].lower() == "composite":
        return Answer(400, [refusal("INVALID_BATCH_REQUEST", item.url).errors[0].as_row()])
    context = replace(call.context, version=path[0])
    return perform(Call(context, item.method, path[1:], query, item.body))


def _written(answers: Sequence[Answer]) -> dict[str, Any]:
    return {
        "hasErrors": any(_is_error(answer) for answer in answers),
        "results": [{"statusCode": answer.status, "result": answer.body} for answer in answers],
    }


def _is_error(answer: Answer) -> bool:
    return answer.status >= 300 and answer.status != 304


def _read(call: Call) -> tuple[list[Item], bool]:
    body = call.body if isinstance(call.body, Mapping) else {}
    entries = body.get("batchRequests")
    if not isinstance(entries, list) or not entries:
        raise bad_json("The body must be an object with a list of subrequests: batchRequests.")
    if len(entries) > MOST:
        raise refusal("INVALID_REQUEST", f"Limit exceeded: at most {MOST} subrequests are allowed.")
    return [_item(entry) for entry in entries], body.get("haltOnError") is True


def _item(entry: Any) -> Item:
    if not isinstance(entry, Mapping):
        raise bad_json("Each subrequest must be an object.")
    method, url = entry.get("method"), entry.get("url")
    if method not in METHODS:
        raise refusal("INVALID_REQUEST", f"Invalid HTTP method: {method}")
    full = f"{ROOT}{str(url).removeprefix(ROOT).lstrip('/')}"
    if not isinstance(url, str) or not addresses.is_data_path(full):
        raise refusal("INVALID_REQUEST", f"The url must start with vXX.X/: {url}")
    return Item(method, full, entry.get("richInput"))
