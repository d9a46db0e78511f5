"""Composite requests: build them from units, and judge the answer subrequest by subrequest."""

import email.utils
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.connectors.base import (
    OWN_KEY_FIELD,
    Fault,
    GuardedChange,
    Snapshot,
    UnitResult,
    WriteUnit,
    needs_own_call,
)
from orchestrator.connectors.errors import BadBatch, BadRecordId, ErrorClass, OutcomeUnknown
from orchestrator.connectors.salesforce import faults
from orchestrator.connectors.salesforce.ids import checked_external_id, checked_name, full_id

SUBREQUEST_LIMIT = 25
# The place of a step that serves no change: the marker of its unit.
MARKER = -1
MARKER_REFUSED = "MARKER_REFUSED"
TAKEN = frozenset({"DUPLICATE_VALUE", "DUPLICATE_EXTERNAL_ID"})
MARKERS_OWN = frozenset({ErrorClass.VALIDATION, ErrorClass.PERMISSION, ErrorClass.CONFLICT})
# The unique External Id field that every object we create records of must have.
EXTERNAL_ID_FIELD = OWN_KEY_FIELD
# No assignment rule re-owns what we write, and a suspected duplicate is refused, not saved.
WRITE_HEADERS = {
    "Sforce-Auto-Assign": "FALSE",
    "Sforce-Duplicate-Rule-Header": "allowSave=false",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One subrequest: the change of its unit that it serves, and what identifies its answer."""

    reference: str
    position: int
    request: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """One unit as it will be sent."""

    unit: WriteUnit
    steps: Sequence[Step]


def check_batch(units: Sequence[WriteUnit]) -> None:
    """
    Refuse units that cannot share a call.

    :raises BadBatch: if they cannot
    """
    if any(not unit.changes for unit in units):
        raise BadBatch("A unit without changes cannot be written.")
    if len(units) > 1 and any(needs_own_call(unit) for unit in units):
        raise BadBatch("A unit of several changes, or a delete, must be alone in its call.")
    if sum(weight_of(unit) + unit.marked for unit in units) > SUBREQUEST_LIMIT:
        raise BadBatch(f"At most {SUBREQUEST_LIMIT} steps fit in a call; a delete is two.")
    if any(unit.marked and not needs_own_call(unit) for unit in units):
        raise BadBatch("A marker proves a call that is one transaction, and nothing else.")
    records = [_record_of(change) for unit in units for change in unit.changes]
    if len(set(records)) != len(records):
        raise BadBatch("The same record twice in a call: the second write could not be guarded.")


def weight_of(unit: WriteUnit) -> int:
    """Return how many steps of a call the changes of a unit take; its marker is one more."""
    return sum(2 if change.operation == "delete" else 1 for change in unit.changes)


def plan(
    unit: WriteUnit,
    index: int,
    fields: Sequence[Mapping[str, Any]],
    *,
    base: str,
    etags: bool,
    automation: bool = False,
    marker: tuple[str, Mapping[str, Any]] | None = None,
) -> Planned:
    """
    Return a unit's subrequests; `fields` are the values of each change as they will be written.

    The `marker`, an object and its values, goes first: what follows a marker that is there already
    is not even tried.

    `automation` says that a guard of this org counts what automation did before we read, too.

    :raises BadRecordId: if an id cannot be one
    :raises BadBatch: if a change has no guard, or that of another record
    """
    steps = []
    if marker is not None:
        reference, (name, values) = f"u{index}marker", marker
        rows = f"{base}/sobjects/{checked_name(name)}"
        request = {"method": "POST", "url": rows, "body": dict(values), "referenceId": reference}
        steps.append(Step(reference, MARKER, request))
    for position, (change, values) in enumerate(zip(unit.changes, fields, strict=True)):
        guard = _guard_headers(change, etags=etags, automation=automation)
        for number, request in enumerate(_requests(change, values, base=base, guard=guard)):
            reference = f"u{index}c{position}s{number}"
            steps.append(Step(reference, position, {**request, "referenceId": reference}))
    return Planned(unit, steps)


def body_of(planned: Sequence[Planned]) -> dict[str, Any]:
    """Return the body of the call: one transaction for a unit that is alone, else none."""
    return {
        "allOrNone": len(planned) == 1,
        "collateSubrequests": False,
        "compositeRequest": [dict(step.request) for unit in planned for step in unit.steps],
    }


def judge(planned: Sequence[Planned], answer: Any) -> list[UnitResult]:
    """
    Return what became of each unit.

    :raises OutcomeUnknown: if the answer is not that of a composite
    """
    items = answer.get("compositeResponse") if isinstance(answer, Mapping) else None
    if not isinstance(items, list):
        raise OutcomeUnknown("The CRM accepted the write and did not say what became of it.")
    by_reference = {
        item["referenceId"]: item
        for item in items
        if isinstance(item, Mapping)
        and isinstance(item.get("referenceId"), str)
        and isinstance(item.get("httpStatusCode"), int)
    }
    return [_judge_unit(unit, by_reference) for unit in planned]


def _requests(
    change: GuardedChange, values: Mapping[str, Any], *, base: str, guard: Mapping[str, str]
) -> list[dict[str, Any]]:
    rows = f"{base}/sobjects/{checked_name(change.object_name)}"
    headers = {**WRITE_HEADERS, **guard}
    if change.operation == "create":
        # The field is unique: a repeat, or an external id that is taken, is refused by the org
        # itself and never overwrites what people have written since. No upsert promises that.
        body = {**values, EXTERNAL_ID_FIELD: checked_external_id(change.external_id)}
        return [{"method": "POST", "url": rows, "httpHeaders": headers, "body": body}]
    url = f"{rows}/{full_id(change.record_id)}"
    if change.operation == "update":
        return [{"method": "PATCH", "url": url, "httpHeaders": headers, "body": dict(values)}]
    if change.operation == "delete":
        # A DELETE knows no condition: an empty, guarded PATCH before it in one transaction does.
        return [
            {"method": "PATCH", "url": url, "httpHeaders": headers, "body": {}},
            {"method": "DELETE", "url": url},
        ]
    raise BadBatch(f"There is no operation {change.operation!r}.")


def _guard_headers(change: GuardedChange, *, etags: bool, automation: bool) -> dict[str, str]:
    if change.operation == "create":
        return {}
    guard = _guard_of(change)
    moment = max(guard.modified_at, guard.modstamp) if automation else guard.modified_at
    # Only whole seconds can be said, and a record changed later in the same second is not seen.
    headers = {"If-Unmodified-Since": email.utils.format_datetime(moment, usegmt=True)}
    if etags and guard.etag and change.object_name == "Account":
        headers["If-Match"] = guard.etag
    return headers


def _guard_of(change: GuardedChange) -> Snapshot:
    if change.guard is None:
        raise BadBatch(f"The {change.operation} of {change.record_id} has no guard.")
    if full_id(change.guard.key.record_id) != full_id(change.record_id):
        raise BadBatch(f"The guard of {change.record_id} is that of another record.")
    return change.guard


def _judge_unit(planned: Planned, by_reference: Mapping[str, Mapping[str, Any]]) -> UnitResult:
    answers = [(step, by_reference.get(step.reference)) for step in planned.steps]
    found = [(step, item) for step, item in answers if item is not None]
    if len(found) < len(answers):
        return _failed(
            planned, ErrorClass.UNKNOWN, "INCOMPLETE_ANSWER", "Part of it is missing.", 0
        )
    bad = [(step, item) for step, item in found if not _succeeded(item)]
    if bad:
        return _explained(planned, bad)
    return _written(planned, found)


def _explained(planned: Planned, bad: Sequence[tuple[Step, Mapping[str, Any]]]) -> UnitResult:
    """Return the fault of the subrequest that was the cause, not of those it took with it."""
    judged = [(step, item["httpStatusCode"], _error_of(item)) for step, item in bad]
    step, status, error = next(
        (one for one in judged if one[2].code not in faults.COLLATERAL), judged[0]
    )
    error_class = faults.classify(error.code, status, error.text)
    text = error.text or ("The record changed after it was read." if status == 412 else "")
    code = error.code or f"HTTP_{status}"
    if step.position == MARKER:
        return UnitResult(planned.unit.unit_id, marker_fault(error_class, code, error.text))
    return _failed(planned, error_class, code, text or f"The CRM answered {status}.", step.position)


def marker_fault(error_class: ErrorClass, code: str, text: str) -> Fault:
    """
    Return what the failure of a marker means; everything that came with it was taken back.

    It is no fault of what was approved: one that is there already says that the write has happened,
    and one that the org does not want is left out of the next try.
    """
    if code in TAKEN:
        already = "The CRM has the marker of this commit already; reading back settles it."
        return Fault(ErrorClass.UNKNOWN, "ALREADY_MARKED", already)
    if error_class in MARKERS_OWN:
        return Fault(ErrorClass.TRANSIENT, MARKER_REFUSED, f"The CRM refuses the marker: {text}")
    return Fault(error_class, code, text)


def _written(planned: Planned, found: Sequence[tuple[Step, Mapping[str, Any]]]) -> UnitResult:
    ids, created = [], []
    for position, change in enumerate(planned.unit.changes):
        body = next(item.get("body") for step, item in found if step.position == position)
        body = body if isinstance(body, Mapping) else {}
        is_create = change.operation == "create"
        try:
            ids.append(full_id(str(body.get("id", "")) if is_create else change.record_id))
        except BadRecordId:
            text = "The CRM saved the new record and did not say its id."
            return _failed(planned, ErrorClass.UNKNOWN, "INCOMPLETE_ANSWER", text, position)
        created.append(is_create and body.get("created") is not False)
    return UnitResult(planned.unit.unit_id, None, tuple(ids), tuple(created))


def _failed(
    planned: Planned, error_class: ErrorClass, code: str, text: str, position: int
) -> UnitResult:
    return UnitResult(planned.unit.unit_id, Fault(error_class, code, text, position))


def _succeeded(item: Mapping[str, Any]) -> bool:
    body = item.get("body")
    said_no = isinstance(body, Mapping) and body.get("success") is False
    return 200 <= item["httpStatusCode"] < 300 and not said_no


def _error_of(item: Mapping[str, Any]) -> faults.CrmError:
    body = item.get("body")
    if isinstance(body, Mapping) and body.get("errors"):
        body = body["errors"]
    errors = faults.read_errors(body)
    return errors[0] if errors else faults.CrmError(code="", text="")


def _record_of(change: GuardedChange) -> tuple[str, str]:
    if change.operation == "create":
        return (change.object_name, f"new {change.external_id}")
    return (change.object_name, change.record_id[:15])
