"""Where each path of the data API goes; composite requests come back here for their parts."""

from collections.abc import Callable, Mapping

from orchestrator.simulator import (
    actions,
    composite_family,
    process,
    querying,
    searching,
    sobjects,
    ui_api,
)
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import Refusal, not_found

RESOURCES = (
    "sobjects", "query", "queryAll", "search", "parameterizedSearch", "composite", "limits",
    "ui-api", "actions",
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
    if first == "composite":
        return composite_family.kind_of(path[1:], method)
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


HANDLERS: Mapping[str, Callable[[Call], Answer]] = {
    "sobjects": sobjects.handle,
    "process": process.handle,
    "query": lambda call: querying.handle(call, include_deleted=False),
    "queryall": lambda call: querying.handle(call, include_deleted=True),
    "composite": lambda call: composite_family.handle(call, perform),
    "limits": _limits,
    "actions": actions.handle,
    "ui-api": ui_api.handle,
    "search": searching.by_statement,
    "parameterizedsearch": searching.by_parameters,
}
