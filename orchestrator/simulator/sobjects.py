"""Paths below `/sobjects`."""

from orchestrator.simulator import describe, recent, rows
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import method_not_allowed, not_found
from orchestrator.simulator.external_ids import by_external_id
from orchestrator.simulator.fields import ObjectType


def handle(call: Call) -> Answer:
    """
    Serve a path below `/sobjects`.

    :raises Refusal: if it is not there or does not allow the method
    """
    if len(call.path) == 1:
        return describe.all_objects(call)
    kind = rows.object_type(call.context, call.path[1])
    match call.path[2:]:
        case ():
            return _object(call, kind)
        case (word,):
            return _below_object(call, kind, word)
        case (field, record_id) if field.lower() == "id":
            return rows.by_id(call, kind, record_id)
        case (field, value):
            return by_external_id(call, kind, field, value)
    raise not_found()


def _object(call: Call, kind: ObjectType) -> Answer:
    if call.method == "POST":
        return rows.create(call, kind)
    if call.method in ("GET", "HEAD"):
        return recent.overview(call, kind)
    raise method_not_allowed(call.method, ("HEAD", "GET", "POST"))


def _below_object(call: Call, kind: ObjectType, word: str) -> Answer:
    match word.lower():
        case "describe":
            return describe.one_object(call, kind)
        case "updated":
            return recent.updated(call, kind)
        case "deleted":
            return recent.deleted(call, kind)
        case "id" if call.method == "POST":
            return rows.create(call, kind)
    return rows.by_id(call, kind, word)
