"""`/process/approvals`: submit a record for the org's own approval, approve or reject it."""

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.simulator import ids, locks, permissions, saving
from orchestrator.simulator.calls import Answer, Call, Context
from orchestrator.simulator.errors import (
    bad_json,
    method_not_allowed,
    not_found,
    refusal,
)
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.objects.approval import TARGETS
from orchestrator.simulator.store import Row

OUTCOMES = {"approve": "Approved", "reject": "Rejected"}


def handle(call: Call) -> Answer:
    """
    Do approval actions, all of them or none.

    :raises Refusal: if the path, the method, or one of them is not good
    """
    if [word.lower() for word in call.path] != ["process", "approvals"]:
        raise not_found()
    if call.method in ("GET", "HEAD"):
        return Answer(200, {"approvals": {}})
    if call.method != "POST":
        raise method_not_allowed(call.method, ("HEAD", "GET", "POST"))
    entries = call.body.get("requests") if isinstance(call.body, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
        raise bad_json("The body must be an object with a list of requests.")
    return Answer(200, [_act(call.context, entry) for entry in entries])


def _act(context: Context, entry: Mapping[str, Any]) -> dict[str, Any]:
    action = ACTIONS.get(str(entry.get("actionType", "")).lower())
    if action is None:
        message = f"actionType must be Submit, Approve or Reject: {entry.get('actionType')}"
        raise refusal("INVALID_REQUEST", message)
    return action(context, entry)


def _submit(context: Context, entry: Mapping[str, Any]) -> dict[str, Any]:
    kind, row = _found(context, str(entry.get("contextId", "")))
    if kind.name not in TARGETS:
        raise refusal("NO_APPLICABLE_PROCESS", "No applicable approval process was found.", [])
    if _pending(context, row["Id"]) is not None:
        raise refusal("ALREADY_IN_PROCESS", "Cannot submit object already in process.", [])
    named = entry.get("nextApproverIds") or [row.get("OwnerId")]
    actors = [_user(context, str(one)) for one in named]
    instance = _insert(
        context, "ProcessInstance", TargetObjectId=row["Id"], Status=locks.PENDING,
        SubmittedById=context.user_id, LastActorId=context.user_id,
    )  # fmt: skip
    _step(context, instance, "Started", entry)
    items = [
        _insert(context, "ProcessInstanceWorkitem", ProcessInstanceId=instance, ActorId=actor,
                OriginalActorId=actor)
        for actor in actors
    ]  # fmt: skip
    return _result(row["Id"], instance, locks.PENDING, actors=actors, items=items)


def _decide(context: Context, entry: Mapping[str, Any]) -> dict[str, Any]:
    item = _item(context, str(entry.get("contextId", "")))
    if item is None:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if context.user_id != item["ActorId"] and not context.org.permissions.is_admin(context.user_id):
        raise permissions.access_refused(
            context, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            f"insufficient access rights on cross-reference id: {item['Id'][:15]}",
        )  # fmt: skip
    status = OUTCOMES[str(entry["actionType"]).lower()]
    instance = dict(context.org.store.row("ProcessInstance", item["ProcessInstanceId"]) or {})
    _put(context, "ProcessInstance", {
        **instance, "Status": status, "LastActorId": context.user_id,
        "CompletedDate": context.stamp,
    })  # fmt: skip
    for one in _items(context, instance["Id"]):
        _put(context, "ProcessInstanceWorkitem", {**one, "IsDeleted": True})
    _step(context, instance["Id"], status, entry)
    return _result(instance["TargetObjectId"], instance["Id"], status)


def _found(context: Context, text: str) -> tuple[ObjectType, Row]:
    found = context.org.store.find(ids.full_id(text) or "")
    if found is None or found[1]["IsDeleted"]:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    return found


def _user(context: Context, text: str) -> str:
    kind, row = _found(context, text)
    if kind.name != "User":
        raise refusal("MANAGER_NOT_DEFINED", "An approver must be a user.", [])
    return str(row["Id"])


def _pending(context: Context, record_id: str) -> Row | None:
    return next(
        (dict(one) for one in context.org.store.rows("ProcessInstance")
         if one["TargetObjectId"] == record_id and one["Status"] == locks.PENDING),
        None,
    )  # fmt: skip


def _items(context: Context, instance: str) -> list[Row]:
    rows = context.org.store.rows("ProcessInstanceWorkitem")
    return [
        dict(one) for one in rows
        if one["ProcessInstanceId"] == instance and not one["IsDeleted"]
    ]  # fmt: skip


def _item(context: Context, text: str) -> Row | None:
    """Return the request to decide on: named itself, or by the record it is about."""
    kind, row = _found(context, text)
    if kind.name == "ProcessInstanceWorkitem":
        return row
    pending = _pending(context, row["Id"])
    return None if pending is None else next(iter(_items(context, pending["Id"])), None)


def _step(context: Context, instance: str, status: str, entry: Mapping[str, Any]) -> None:
    comments = entry.get("comments")
    _insert(
        context, "ProcessInstanceStep", ProcessInstanceId=instance, StepStatus=status,
        ActorId=context.user_id, Comments=str(comments) if comments else None,
    )  # fmt: skip


def _insert(context: Context, name: str, **values: Any) -> str:
    kind = context.org.schema.named(name)
    if kind is None:
        raise LookupError(name)
    return saving.insert(context, kind, values)


def _put(context: Context, name: str, row: Row) -> None:
    stamps = dict.fromkeys(saving.USER_STAMPS, context.stamp)
    context.org.store.put(name, row["Id"], {**row, **stamps, "LastModifiedById": context.user_id})


def _result(
    entity: str, instance: str, status: str, *, actors: list[str] | None = None,
    items: list[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "actorIds": actors or [], "entityId": entity, "errors": None, "instanceId": instance,
        "instanceStatus": status, "newWorkitemIds": items or [], "success": True,
    }  # fmt: skip


ACTIONS: Mapping[str, Callable[[Context, Mapping[str, Any]], dict[str, Any]]] = {
    "submit": _submit,
    "approve": _decide,
    "reject": _decide,
}
