"""What a save leaves behind: history rows for people, effects for those who watch the org."""

from typing import Any

from orchestrator.simulator.calls import Context
from orchestrator.simulator.fields import SYSTEM_NAMES, ObjectType
from orchestrator.simulator.store import Row

HISTORY_TYPES = {"boolean": "Boolean", "date": "DateOnly", "datetime": "DateTime"}


def record_creation(context: Context, kind: ObjectType, row: Row, *, logged: bool) -> None:
    """Note that a record was made."""
    _history(context, kind, row, "created", "Text", None, None)
    if logged:
        values = {
            name: {"old": None, "new": value}
            for name, value in row.items()
            if value is not None and name not in SYSTEM_NAMES
        }
        note(context, kind, row["Id"], "create", values)


def record_change(
    context: Context, kind: ObjectType, old: Row, new: Row, *, operation: str = "update"
) -> None:
    """Note which fields a save changed."""
    changed = {
        name: {"old": old[name], "new": value}
        for name, value in new.items()
        if value != old[name] and name not in SYSTEM_NAMES
    }
    for name, values in changed.items():
        field = kind.fields[name.lower()]
        if not field.tracked or not field.writable:
            continue
        long = field.type in ("textarea", "multipicklist")
        kept = not long or context.org.switches["history_keeps_long_text"]
        before, after = (values["old"], values["new"]) if kept else (None, None)
        label = HISTORY_TYPES.get(field.type, "Text")
        _history(context, kind, new, name, label, before, after)
    note(context, kind, new["Id"], operation, changed)


def record_removal(context: Context, kind: ObjectType, row: Row, *, operation: str) -> None:
    """Note that a record went into the recycle bin, or came out of it."""
    note(context, kind, row["Id"], operation, {})


def note(
    context: Context, kind: ObjectType, record_id: str, operation: str, fields: dict[str, Any]
) -> None:
    """Put an effect on the log, if and when the transaction commits."""
    context.org.store.note(
        {
            "at": context.stamp,
            "request_id": context.request_id,
            "user": context.user_id,
            "object": kind.name,
            "id": record_id,
            "operation": operation,
            "fields": fields,
        }
    )


def _history(
    context: Context, kind: ObjectType, row: Row, field: str, label: str, old: Any, new: Any
) -> None:
    history = context.org.schema.named(kind.history) if kind.history else None
    if history is None or kind.history_parent is None:
        return
    store = context.org.store
    record_id = store.new_id(history)
    created = field == "created"
    entry = {
        **store.schema.blank[history.name],
        "Id": record_id,
        "IsDeleted": False,
        kind.history_parent: row["Id"],
        "Field": field,
        "DataType": label,
        "OldValue": old,
        "NewValue": new,
        "CreatedDate": row["CreatedDate"] if created else row["LastModifiedDate"],
        "CreatedById": row["CreatedById"] if created else row["LastModifiedById"],
    }
    store.put(history.name, record_id, entry)
