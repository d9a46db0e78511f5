"""
The stamp: which commit of ours wrote a record last, and why, on the record itself.

It is written in the same save as the change, so it is there if and only if the change is. An org
that has the fields gets it; whether one write carries it follows from the read that guards it.
"""

from typing import Any

from orchestrator.connectors.base import (
    REASON_FIELD,
    STAMP_FIELD,
    Fault,
    FieldDescription,
    GuardedChange,
    ObjectDescription,
    WriteUnit,
)
from orchestrator.connectors.errors import ErrorClass

# The codes for a field that is not there, or not ours to write, or too short.
NOT_WRITABLE = frozenset({"INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "STRING_TOO_LONG"})
SHORTEST = 40


def has_stamp(description: ObjectDescription) -> bool:
    """Say whether records of the object can carry our stamp."""
    field = description.fields.get(STAMP_FIELD)
    return field is not None and _writable(field) and field.length >= SHORTEST


def stamp_of(
    description: ObjectDescription, unit: WriteUnit, change: GuardedChange
) -> dict[str, Any]:
    """
    Return the values that stamp a change.

    An update is stamped if and only if the read that guards it saw a stamp: that read is stored
    before anything is sent, so whoever reads back knows what to expect of the record.
    """
    if change.operation == "delete":
        return {}
    guarded = change.guard is not None and change.guard.stamp is not None
    if not (has_stamp(description) if change.operation == "create" else guarded):
        return {}
    values: dict[str, Any] = {STAMP_FIELD: unit.unit_id}
    reason = description.fields.get(REASON_FIELD)
    if reason is not None and _writable(reason):
        values[REASON_FIELD] = unit.reason_code[: reason.length] or None
    return values


def is_refused(fault: Fault | None) -> bool:
    """Say whether the org refuses the stamp and not what was approved: its fields have changed."""
    if fault is None or fault.code not in NOT_WRITABLE:
        return False
    return STAMP_FIELD in fault.text or REASON_FIELD in fault.text


def refusal(fault: Fault) -> Fault:
    """Return the fault to report: nothing was written, and the next try looks at the org anew."""
    return Fault(ErrorClass.TRANSIENT, "STAMP_REFUSED", fault.text, fault.position)


def _writable(field: FieldDescription) -> bool:
    return field.createable and field.updateable
