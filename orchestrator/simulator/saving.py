"""Save, delete and restore one record: the order of execution, inside the open transaction."""

from collections.abc import Mapping
from typing import Any

from orchestrator.simulator import (
    assignment,
    derivation,
    duplicates,
    locks,
    permissions,
    tracking,
    validation,
)
from orchestrator.simulator.calls import Context
from orchestrator.simulator.errors import Refusal, is_deleted, missing, not_found, refusal
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.incoming import read_values
from orchestrator.simulator.store import Row

USER_STAMPS = ("LastModifiedDate", "SystemModstamp")


def create(context: Context, kind: ObjectType, body: Any, *, preset: Row | None = None) -> str:
    """
    Create a record and return its id.

    :raises Refusal: if the org does not accept it; nothing is left of it then
    """
    context.org.faults.before_write(kind.name, "")
    given = {**read_values(context, kind, body, creating=True), **(preset or {})}
    if not kind.writable:
        raise _read_only(kind)
    permissions.check(context, kind, "create")
    return insert(context, _whole(context, kind), given)


def insert(context: Context, kind: ObjectType, given: Row, *, logged: bool = True) -> str:
    """
    Save a new record whose values have been read, and return its id.

    :raises Refusal: if the org does not accept it
    """
    store = context.org.store
    context.org.faults.before_locking(locks.masters(kind, given))
    mark = store.mark()
    record_id = store.new_id(kind)
    row = {**store.schema.blank[kind.name], **given, "Id": record_id, "IsDeleted": False}
    derivation.fill_in(context, kind, row)
    derivation.derive(context, kind, None, row, given)
    _stamp_new(context, kind, row)
    try:
        validation.check(context, kind, None, row)
        if logged:
            duplicates.check(context, kind, None, row)
        validation.check_unique(context, kind, record_id, row)
        store.put(kind.name, record_id, row)
        tracking.record_creation(context, kind, row, logged=logged)
        if logged:
            assignment.apply(context, kind, row)
    except Refusal:
        store.roll_back(mark)
        raise
    return record_id


def update(context: Context, kind: ObjectType, record_id: str, body: Any) -> None:
    """
    Change a record as the context's user.

    :raises Refusal: if the org does not accept it; the record is as before then
    """
    old = living(context, kind, record_id)
    context.org.faults.before_write(kind.name, record_id)
    permissions.check(context, kind, "edit")
    given = read_values(context, kind, body, creating=False)
    if not kind.writable:
        raise _read_only(kind)
    change(context, _whole(context, kind), old, given)


def change(context: Context, kind: ObjectType, old: Row, given: Row) -> None:
    """
    Save values that have been read over a record.

    :raises Refusal: if the org does not accept them
    """
    store = context.org.store
    locks.check(context, kind, old)
    context.org.faults.before_locking(locks.masters(kind, old))
    mark = store.mark()
    row = {**old, **given}
    derivation.derive(context, kind, old, row, given)
    row["LastModifiedById"] = context.user_id
    for name in USER_STAMPS:
        row[name] = given.get(name, context.stamp)
    try:
        validation.check(context, kind, old, row)
        duplicates.check(context, kind, old, row)
        validation.check_unique(context, kind, old["Id"], row)
        store.put(kind.name, old["Id"], row)
        tracking.record_change(context, kind, old, row)
        assignment.apply(context, kind, row)
    except Refusal:
        store.roll_back(mark)
        raise


def delete(context: Context, kind: ObjectType, record_id: str) -> None:
    """
    Put a record and what hangs on it into the recycle bin.

    :raises Refusal: if it is not there, or may not go
    """
    old = living(context, kind, record_id)
    context.org.faults.before_write(kind.name, record_id)
    if not kind.writable or kind.name == "User":
        raise _read_only(kind)
    permissions.check(context, kind, "delete")
    locks.check(context, kind, old)
    _set_deleted(context, _whole(context, kind), old, deleted=True)


def undelete(context: Context, kind: ObjectType, record_id: str) -> None:
    """
    Take a record and what went with it out of the recycle bin.

    :raises Refusal: if it is not in there, or a unique value has been taken since
    """
    row = context.org.store.row(kind.name, record_id)
    if row is None or not row["IsDeleted"]:
        raise not_found()
    validation.check_unique(context, kind, record_id, row)
    _set_deleted(context, kind, row, deleted=False)


def _whole(context: Context, kind: ObjectType) -> ObjectType:
    """Return an object type with the fields that its user does not see: the org saves them all."""
    return context.org.schema.named(kind.name) or kind


def living(context: Context, kind: ObjectType, record_id: str) -> Row:
    """
    Return a record that is there.

    :raises Refusal: 404 if it never was, or is in the recycle bin
    """
    row = context.org.store.row(kind.name, record_id)
    if row is None:
        raise not_found()
    if row["IsDeleted"]:
        raise is_deleted()
    return row


def to_be_written(context: Context, kind: ObjectType, record_id: str) -> Row:
    """
    Return a record that is there to be changed or deleted.

    :raises Refusal: 404 if it never was, or is in the recycle bin
    """
    if context.org.store.row(kind.name, record_id) is None:
        raise missing(context.org.switches["unknown_row"])
    return living(context, kind, record_id)


def _set_deleted(context: Context, kind: ObjectType, old: Row, *, deleted: bool) -> None:
    store = context.org.store
    row = {**old, "IsDeleted": deleted, "LastModifiedById": context.user_id}
    row.update(dict.fromkeys(USER_STAMPS, context.stamp))
    store.put(kind.name, old["Id"], row)
    tracking.record_removal(context, kind, row, operation="delete" if deleted else "undelete")
    for child, field in store.schema.children(kind):
        if not field.cascade:
            continue
        for one in list(store.rows(child.name)):
            if one[field.name] == old["Id"] and one["IsDeleted"] is not deleted:
                _set_deleted(context, child, dict(one), deleted=deleted)


def _stamp_new(context: Context, kind: ObjectType, row: Row) -> None:
    row["CreatedDate"] = row["CreatedDate"] or context.stamp
    row["CreatedById"] = row["CreatedById"] or context.user_id
    if "LastModifiedDate" in row:
        row["LastModifiedDate"] = row["LastModifiedDate"] or row["CreatedDate"]
        row["LastModifiedById"] = row["LastModifiedById"] or row["CreatedById"]
        row["SystemModstamp"] = row["SystemModstamp"] or row["LastModifiedDate"]
    if kind.name == "Opportunity":
        row["LastStageChangeDate"] = row["LastStageChangeDate"] or row["CreatedDate"]


def _read_only(kind: ObjectType) -> Refusal:
    message = f"entity type {kind.name} does not support this operation"
    return refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, [])


def as_mapping(body: Any) -> Mapping[str, Any]:
    """Return a body that is an object, or an empty one."""
    return body if isinstance(body, Mapping) else {}
