"""Where each path of the data API goes; composite requests come back here for their parts."""

from collections.abc import Callable, Mapping

from orchestrator.simulator import (
    batch,
    collection_reads,
    collection_writes,
    composite,
    querying,
    rows,
    sobjects,
)
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import Refusal, method_not_allowed, not_found

RESOURCES = (
    "sobjects", "query", "queryAll", "composite", "limits",
)  # fmt: skip


def perform(call: Call) -> Answer:
    """Do one call; a refusal is an answer, and leaves nothing behind."""
    store = call.context.org.store
    mark = store.mark()
    try:
        return _resource(call)
    except Refusal as error:
        store.roll_back(mark)
        return Answer(error.status, error.body() or None)


def kind_of(path: tuple[str, ...], method: str) -> str:
    """Return what a call is counted as."""
    first = path[0].lower() if path else "resources"
    if first == "composite" and len(path) > 1 and path[1].lower() == "batch":
        return "batch"
    if first == "composite" and len(path) > 1:
        reads = len(path) == 3 and method in ("GET", "HEAD", "POST")
        return "collections_read" if reads else "collections_write"
    if first == "sobjects":
        if len(path) < 3 and method != "POST":
            return "describe"
        return "describe" if path[-1].lower() == "describe" else _row_kind(method)
    return "query" if first in ("query", "queryall") else first


def _row_kind(method: str) -> str:
    return "row_read" if method in ("GET", "HEAD") else "row_write"


def _resource(call: Call) -> Answer:
    if not call.path:
        base = call.context.base
        return Answer(200, {name: f"{base}/{name}" for name in RESOURCES})
    handler = HANDLERS.get(call.path[0].lower())
    if handler is None:
        raise not_found()
    return handler(call)


def _limits(call: Call) -> Answer:
    return Answer(200, call.context.org.limits.body())


def _composite(call: Call) -> Answer:
    words = call.path[1:]
    if not words:
        _allow(call, "POST")
        return composite.handle(call, perform)
    if [word.lower() for word in words] == ["batch"]:
        _allow(call, "POST")
        return batch.handle(call, perform)
    if words[0].lower() != "sobjects" or len(words) > 3:
        raise not_found()
    if len(words) == 1:
        _allow(call, "POST", "PATCH", "DELETE")
        return collection_writes.write_many(call)
    kind = rows.object_type(call.context, words[1])
    if len(words) == 2:
        _allow(call, "HEAD", "GET", "POST")
        return collection_reads.read_many(call, kind)
    _allow(call, "PATCH")
    return collection_writes.upsert_many(call, kind, words[2])


def _allow(call: Call, *methods: str) -> None:
    if call.method not in methods:
        raise method_not_allowed(call.method, methods)


HANDLERS: Mapping[str, Callable[[Call], Answer]] = {
    "sobjects": sobjects.handle,
    "query": lambda call: querying.handle(call, include_deleted=False),
    "queryall": lambda call: querying.handle(call, include_deleted=True),
    "composite": _composite,
    "limits": _limits,
}
