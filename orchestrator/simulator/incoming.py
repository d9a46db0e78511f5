"""The body of a write, field by field: names, permission, types, references."""

from collections.abc import Mapping
from typing import Any

from orchestrator.simulator import ids
from orchestrator.simulator.calls import Context
from orchestrator.simulator.coercion import cannot_read, stored
from orchestrator.simulator.errors import Refusal, bad_json, no_such_column, refusal, wrong_id
from orchestrator.simulator.fields import TEXTS, Field, ObjectType
from orchestrator.simulator.permissions import access_refused
from orchestrator.simulator.store import Row

ATTRIBUTES = "attributes"


def read_values(
    context: Context, kind: ObjectType, body: Any, *, creating: bool, trusted: bool = False
) -> Row:
    """
    Return the values a body gives, by canonical field name.

    `trusted` lets fields through that only the org itself writes; seeds and controls use it.

    :raises Refusal: if a name, a type, a reference or the permission is wrong
    """
    if not isinstance(body, Mapping):
        raise bad_json("The HTTP entity body is required to be a JSON object.")
    values: Row = {}
    forbidden: list[str] = []
    trim = context.org.switches["trim_text"]
    for name, value in body.items():
        if name == ATTRIBUTES:
            continue
        field, given = _named(context, kind, name, value)
        if not trusted and not _may_write(kind, field, creating=creating):
            forbidden.append(field.name)
            continue
        if trim and isinstance(given, str) and field.type in TEXTS:
            given = given.strip()
        values[field.name] = _checked(context, kind, field, given)
    if forbidden:
        raise _not_writable(forbidden)
    return values


def _named(context: Context, kind: ObjectType, name: str, value: Any) -> tuple[Field, Any]:
    field = kind.field(name)
    if field is None or (field.type == "reference" and isinstance(value, Mapping)):
        return _by_relationship(context, kind, name, value)
    return field, value


def _may_write(kind: ObjectType, field: Field, *, creating: bool) -> bool:
    return kind.writable and field.writable and (creating or not field.create_only)


def _not_writable(names: list[str]) -> Refusal:
    if names == ["Id"]:
        message = "The Id field should not be specified in the sobject data."
        return refusal("INVALID_FIELD", message)
    message = (
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings "
        "of this field and verify that it is read/write for your profile or permission set."
    )
    return refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, names)


def _checked(context: Context, kind: ObjectType, field: Field, value: Any) -> Any:
    result = stored(kind, field, value)
    if field.type == "reference" and result is not None:
        return _reference(context, kind, field, result)
    return result


def _reference(context: Context, kind: ObjectType, field: Field, text: str) -> str:
    record_id = ids.full_id(text)
    target = context.org.schema.of_id(text) if record_id else None
    if record_id is None or target is None or target.name not in field.reference_to:
        raise wrong_id(field.label, text, field.name)
    if context.org.permissions.named(context.user_id, target.name) is None:
        raise access_refused(
            context, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            f"insufficient access rights on cross-reference id: {record_id[:15]}",
        )  # fmt: skip
    row = context.org.store.row(target.name, record_id)
    if row is None:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if row["IsDeleted"]:
        raise refusal("ENTITY_IS_DELETED", "entity is deleted", [])
    if field.name == "OwnerId" and row.get("IsActive") is False:
        message = (
            f"operation performed with inactive user [{record_id[:15]}] as owner of "
            f"{kind.label.lower()}"
        )
        raise refusal("INACTIVE_OWNER_OR_USER", message, [field.name])
    return record_id


def _by_relationship(
    context: Context, kind: ObjectType, name: str, value: Any
) -> tuple[Field, str | None]:
    """Return the reference field and id for `"Account": {"Ext__c": "123"}`."""
    wanted = name.lower()
    field = next(
        (one for one in kind.fields.values() if (one.relationship or "").lower() == wanted), None
    )
    if field is None:
        raise no_such_column(name, kind.name)
    if value is None:
        return field, None
    if not isinstance(value, Mapping):
        raise cannot_read(field, value)
    pairs = [(one, key) for one, key in value.items() if one != ATTRIBUTES]
    if len(pairs) != 1:
        raise bad_json(f"Give exactly one external id to find {name} by.")
    return field, _foreign_id(context, field, *pairs[0])


def _foreign_id(context: Context, field: Field, key_name: str, key: Any) -> str:
    for target_name in field.reference_to:
        target = context.org.schema.named(target_name)
        key_field = target.field(key_name) if target is not None else None
        if target is None or key_field is None:
            continue
        if key_field.name == "Id":
            return str(key)
        if not key_field.external_id:
            continue
        found = context.org.store.with_key(target, key_field, key)
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            message = f"{key_field.name}: more than one record found for external id field: {key}"
            raise refusal("DUPLICATE_EXTERNAL_ID", message, [])
        message = (
            f"Foreign key external ID: {key} not found for field {key_field.name} in entity "
            f"{target.name}"
        )
        raise refusal("INVALID_FIELD", message, [])
    raise refusal("INVALID_FIELD", f"No external id {key_name!r} to find {field.relationship} by")
