"""From rows of a collection read to snapshots, and which fields to ask for."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orchestrator.connectors.base import STAMP_FIELD, ObjectDescription, RecordKey, Snapshot
from orchestrator.connectors.errors import BadRecordId, Rejected
from orchestrator.connectors.salesforce import exact_json
from orchestrator.connectors.salesforce.ids import full_id, object_of
from orchestrator.connectors.salesforce.stamps import has_stamp

# Who touched a record last, and when; not every object has all three.
SYSTEM_FIELDS = ("LastModifiedDate", "SystemModstamp", "LastModifiedById")


class UnknownField(Rejected):
    """The object has no such field, or our user may not see it."""

    code, title = "unknown_field", "There is no such field"

    def __init__(self, object_name: str, field_name: str) -> None:
        """Name the field, for people and for programs."""
        super().__init__(
            f"{object_name} has no field {field_name!r}, or the CRM user may not see it. "
            "Field names are case-sensitive here.",
            crm_code="INVALID_FIELD",
        )
        self.extra.update(object=object_name, field=field_name)


def fields_to_read(description: ObjectDescription, wanted: Iterable[Sequence[str]]) -> list[str]:
    """
    Return the union of the wanted fields and those every snapshot is made from, each once.

    :raises UnknownField: if a wanted field is not one of the object
    """
    always = ["Id", *SYSTEM_FIELDS, description.name_field]
    if description.parent_field:
        always.append(description.parent_field)
    if has_stamp(description):
        always.append(STAMP_FIELD)
    names = dict.fromkeys(name for name in always if name in description.fields or name == "Id")
    for name in (name for names_wanted in wanted for name in names_wanted):
        if name not in description.fields:
            raise UnknownField(description.name, name)
        names[name] = None
    return list(names)


def read_snapshot(
    description: ObjectDescription,
    key: RecordKey,
    row: Mapping[str, Any],
    wanted: Sequence[str],
) -> Snapshot:
    """
    Return the snapshot of one row.

    :raises Rejected: if the row does not say when it was last changed
    """
    modstamp = _moment(row.get("SystemModstamp")) or _moment(row.get("LastModifiedDate"))
    modified_at = _moment(row.get("LastModifiedDate")) or modstamp
    if modified_at is None or modstamp is None:
        raise Rejected(f"{description.name} does not say when it changed, so it cannot be guarded.")
    return Snapshot(
        key=key,
        label=str(row.get(description.name_field) or key.record_id),
        values={name: _value(row.get(name)) for name in wanted},
        modified_at=modified_at,
        modstamp=modstamp,
        modified_by=_id_or_empty(row.get("LastModifiedById")),
        parent_key=_parent_key(description, key, row),
        stamp=str(row.get(STAMP_FIELD) or "") if has_stamp(description) else None,
    )


def _value(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return exact_json.read_integer(value)
    if isinstance(value, Mapping):
        return {name: _value(item) for name, item in value.items() if name != "attributes"}
    return value


def _moment(text: Any) -> dt.datetime | None:
    """Return a moment as the CRM writes it; without its zone it would not be one."""
    try:
        moment = dt.datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment.astimezone(dt.UTC) if moment is not None and moment.tzinfo else None


def _parent_key(description: ObjectDescription, key: RecordKey, row: Mapping[str, Any]) -> str:
    parent = _id_or_empty(row.get(description.parent_field or ""))
    if not parent:
        return f"{key.object_name}/{full_id(key.record_id)}"
    references = description.fields[description.parent_field or ""].references
    # A reference to several objects says by its first characters which one it is.
    return f"{references[0] if len(references) == 1 else object_of(parent) or 'Record'}/{parent}"


def _id_or_empty(value: Any) -> str:
    try:
        return full_id(value) if isinstance(value, str) else ""
    except BadRecordId:
        return ""
