"""`/actions`: what a button of the org does, once for each of its inputs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.simulator import assignment, process, rows, saving
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import (
    Refusal,
    bad_json,
    method_not_allowed,
    not_found,
    refusal,
)

Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One action: its name, its label, the inputs it must have, and what it does with them."""

    name: str
    label: str
    needs: tuple[str, ...]
    run: Callable[[Call, str, Inputs], dict[str, Any]]


def handle(call: Call) -> Answer:
    """
    List actions, describe one, or do one.

    :raises Refusal: if there is no such action, or the body cannot be read
    """
    words = [word.lower() for word in call.path[1:]]
    match words:
        case [] | ["standard"] | ["custom"] | ["custom", "apex" | "flow"]:
            return _listed(call, words)
        case ["standard", name] if name in STANDARD:
            return _served(call, STANDARD[name])
        case ["custom", "apex" | "flow", _]:
            return _served(call, Action(call.path[3], call.path[3], (), _logged))
    raise not_found()


def _listed(call: Call, words: list[str]) -> Answer:
    if call.method not in ("GET", "HEAD"):
        raise method_not_allowed(call.method, ("HEAD", "GET"))
    base = f"{call.context.base}/actions"
    if not words:
        return Answer(200, {name: f"{base}/{name}" for name in ("standard", "custom")})
    if words == ["custom"]:
        return Answer(200, {name: f"{base}/custom/{name}" for name in ("apex", "flow")})
    known = STANDARD.values() if words == ["standard"] else ()
    shown = [
        {"name": one.name, "label": one.label, "type": one.name.upper(),
         "url": f"{base}/standard/{one.name}"}
        for one in known
    ]  # fmt: skip
    return Answer(200, {"actions": shown})


def _served(call: Call, action: Action) -> Answer:
    if call.method in ("GET", "HEAD"):
        inputs = [{"name": name, "required": True} for name in action.needs]
        shown = {"name": action.name, "label": action.label, "inputs": inputs, "outputs": []}
        return Answer(200, shown)
    if call.method != "POST":
        raise method_not_allowed(call.method, ("HEAD", "GET", "POST"))
    entries = call.body.get("inputs") if isinstance(call.body, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
        raise bad_json("The body must be an object with a list of inputs.")
    results = [_result(call, action, entry) for entry in entries]
    return Answer(200 if all(one["isSuccess"] for one in results) else 400, results)


def _result(call: Call, action: Action, entry: Inputs) -> dict[str, Any]:
    store = call.context.org.store
    mark = store.mark()
    try:
        missing = [name for name in action.needs if not entry.get(name)]
        if missing:
            message = f"Missing required input parameter: {', '.join(missing)}"
            raise refusal("REQUIRED_FIELD_MISSING", message, missing)
        outputs = action.run(call, action.name, entry)
    except Refusal as error:
        store.roll_back(mark)
        errors = [one.as_collection_row() for one in error.errors]
        return {"actionName": action.name, "errors": errors, "isSuccess": False,
                "outputValues": None}  # fmt: skip
    return {"actionName": action.name, "errors": None, "isSuccess": True, "outputValues": outputs}


def _logged(call: Call, name: str, entry: Inputs) -> dict[str, Any]:
    """Leave an effect and no record: mails, posts and code of the org's own go nowhere here."""
    context = call.context
    context.org.store.note(
        {
            "at": context.stamp, "request_id": context.request_id, "user": context.user_id,
            "object": name, "id": None, "operation": "action", "fields": dict(entry),
        }
    )  # fmt: skip
    return {}


def _submit(call: Call, _name: str, entry: Inputs) -> dict[str, Any]:
    request = {
        "actionType": "Submit",
        "contextId": entry["objectId"],
        "comments": entry.get("comment"),
        "nextApproverIds": entry.get("nextApproverIds"),
    }
    part = replace(call, path=("process", "approvals"), body={"requests": [request]})
    (done,) = process.handle(part).body
    return {name: done.get(name) for name in ("instanceId", "instanceStatus", "newWorkitemIds")}


def _assign(call: Call, _name: str, entry: Inputs) -> dict[str, Any]:
    kind = rows.object_type(call.context, "Lead")
    row = saving.living(call.context, kind, rows.row_id(kind, str(entry["leadId"])))
    # The rule runs because it was asked to: a header that switches it off is for saves.
    headers = {k: v for k, v in call.context.headers.items() if k != "sforce-auto-assign"}
    assignment.apply(replace(call.context, headers=headers), kind, row)
    return {}


STANDARD: Mapping[str, Action] = {
    action.name.lower(): action
    for action in (
        Action("chatterPost", "Post to Chatter", ("text", "subjectNameOrId"), _logged),
        Action("emailSimple", "Send Email",
               ("emailAddresses", "emailSubject", "emailBody"), _logged),
        Action("invocableApplyLeadAssignmentRules", "Apply Lead Assignment Rules",
               ("leadId",), _assign),
        Action("submit", "Submit for Approval", ("objectId",), _submit),
    )
}  # fmt: skip
