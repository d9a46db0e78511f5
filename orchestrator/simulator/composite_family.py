"""Paths below `/composite`."""

from collections.abc import Callable, Mapping

from orchestrator.simulator import (
    batch,
    collection_reads,
    collection_writes,
    composite,
    graph,
    rows,
    tree,
)
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import method_not_allowed, not_found
from orchestrator.simulator.subrequests import Perform

# Those that come back to the API for their parts.
CALLERS: Mapping[tuple[str, ...], Callable[[Call, Perform], Answer]] = {
    (): composite.handle,
    ("batch",): batch.handle,
    ("graph",): graph.handle,
}


def handle(call: Call, perform: Perform) -> Answer:
    """
    Serve `/composite` or a path below it.

    :raises Refusal: if it is not there, does not allow the method, or is malformed
    """
    words = call.path[1:]
    caller = CALLERS.get(tuple(word.lower() for word in words))
    if caller is not None:
        _allow(call, "POST")
        return caller(call, perform)
    match words[0].lower(), words[1:]:
        case "tree", (name,):
            _allow(call, "POST")
            return tree.insert(call, rows.object_type(call.context, name))
        case "sobjects", ():
            _allow(call, "POST", "PATCH", "DELETE")
            return collection_writes.write_many(call)
        case "sobjects", (name,):
            _allow(call, "HEAD", "GET", "POST")
            return collection_reads.read_many(call, rows.object_type(call.context, name))
        case "sobjects", (name, field):
            _allow(call, "PATCH")
            kind = rows.object_type(call.context, name)
            return collection_writes.upsert_many(call, kind, field)
    raise not_found()


def kind_of(words: tuple[str, ...], method: str) -> str:
    """Return what a call below `/composite` is counted as."""
    first = words[0].lower() if words else "composite"
    if first != "sobjects":
        return first if first in ("batch", "graph", "tree") else "composite"
    reads = len(words) == 2 and method in ("GET", "HEAD", "POST")
    return "collections_read" if reads else "collections_write"


def _allow(call: Call, *methods: str) -> None:
    if call.method not in methods:
        raise method_not_allowed(call.method, methods)
