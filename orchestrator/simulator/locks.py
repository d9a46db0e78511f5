"""Approvals lock records: while one is pending, nobody but an administrator changes the record."""

from collections.abc import Iterator

from orchestrator.simulator.calls import Context
from orchestrator.simulator.errors import refusal
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.store import Row

PENDING = "Pending"


def check(context: Context, kind: ObjectType, row: Row) -> None:
    """
    Refuse to touch a record that is in an approval, or whose master is.

    :raises Refusal: ENTITY_IS_LOCKED or, by the org's switch, INVALID_OPERATION
    """
    if context.org.permissions.is_admin(context.user_id):
        return
    locked = {
        one["TargetObjectId"] for one in context.org.store.rows("ProcessInstance")
        if one["Status"] == PENDING
    }  # fmt: skip
    if locked & {row["Id"], *masters(kind, row)}:
        code = context.org.switches["locked_code"]
        raise refusal(code, "the entity is locked for editing", [])


def masters(kind: ObjectType, row: Row) -> Iterator[str]:
    """Yield the ids of the records that a detail record is part of."""
    for field in kind.fields.values():
        if field.cascade and field.required and row.get(field.name):
            yield row[field.name]
