"""`/ui-api/records`: single records in the shape that the org's own pages read and write."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.simulator import clock, guards, ids, rows, saving
from orchestrator.simulator.calls import Answer, Call, Context
from orchestrator.simulator.errors import (
    bad_json,
    method_not_allowed,
    no_such_column,
    not_found,
    refusal,
)
from orchestrator.simulator.fields import Field, ObjectType
from orchestrator.simulator.idempotency import once
from orchestrator.simulator.store import Row

# A text of its own beside the value; other fields have none.
DISPLAYED = frozenset({"boolean", "picklist", "currency", "percent", "date", "datetime"})


def handle(call: Call) -> Answer:
    """
    Serve `/ui-api/records` or one record below it.

    :raises Refusal: if it is not there, not as expected, or the change is not accepted
    """
    match [word.lower() for word in call.path[1:2]], call.path[2:]:
        case ["records"], ():
            if call.method != "POST":
                raise method_not_allowed(call.method, ("POST",))
            return once(call, _create)
        case ["records"], (record_id,):
            return _record(call, record_id)
    raise not_found()


def _record(call: Call, text: str) -> Answer:
    if call.method in ("GET", "HEAD"):
        return _read(call, *_found(call.context, text))
    if call.method == "PATCH":
        return once(call, lambda call: _change(call, *_found(call.context, text)))
    if call.method == "DELETE":
        return once(call, lambda call: _remove(call, *_found(call.context, text)))
    raise method_not_allowed(call.method, ("HEAD", "GET", "PATCH", "DELETE"))


def _found(context: Context, text: str) -> tuple[ObjectType, str]:
    record_id, of_id = ids.full_id(text), context.org.schema.of_id(text)
    if record_id is None or of_id is None:
        raise refusal("ILLEGAL_QUERY_PARAMETER_VALUE", f"Invalid record id: {text[:40]}")
    return rows.object_type(context, of_id.name), record_id


def _create(call: Call) -> Answer:
    name, fields = _body(call).get("apiName"), _fields(call)
    if not isinstance(name, str):
        raise bad_json("The body needs the name of an object: apiName.")
    kind = rows.object_type(call.context, name)
    record_id = saving.create(call.context, kind, fields)
    return Answer(201, _represented(call.context, kind, record_id, list(fields)))


def _read(call: Call, kind: ObjectType, record_id: str) -> Answer:
    asked = [
        (name, needed)
        for parameter, needed in (("fields", True), ("optionalFields", False))
        for name in rows.split_names(call.query.get(parameter)) or ()
    ]
    if not asked and "layoutTypes" not in call.query:
        message = "Specify fields, optionalFields or layoutTypes."
        raise refusal("MISSING_ARGUMENT", message)
    names = [_plain_name(kind, name) for name, needed in asked
             if needed or _plain_name(kind, name, strict=False)]  # fmt: skip
    saving.living(call.context, kind, record_id)
    if "layoutTypes" in call.query:
        names += [field.name for field in kind.fields.values()]
    return Answer(200, _represented(call.context, kind, record_id, names))


def _change(call: Call, kind: ObjectType, record_id: str) -> Answer:
    fields = _fields(call)
    row = saving.to_be_written(call.context, kind, record_id)
    _check_unchanged(call, row)
    saving.update(call.context, kind, record_id, fields)
    return Answer(200, _represented(call.context, kind, record_id, list(fields)))


def _remove(call: Call, kind: ObjectType, record_id: str) -> Answer:
    saving.to_be_written(call.context, kind, record_id)
    saving.delete(call.context, kind, record_id)
    return Answer(204)


def _check_unchanged(call: Call, row: Row) -> None:
    """
    Refuse to change a record that changed after the date the caller knows.

    The header is called If-Modified-Since here, although it means the opposite.

    :raises Refusal: 412, or 400 for what is no date
    """
    text = call.asked_for("if-modified-since")
    if text is None:
        return
    if guards.last_change(call.context, row) > _moment(text):
        raise guards.failed(call.context)


def _moment(text: str) -> dt.datetime:
    for read in (clock.read_http_date, clock.read):
        try:
            return read(text)
        except ValueError:
            continue
    raise refusal("INVALID_HEADER", f"Invalid value for header If-Modified-Since: {text[:100]}")


def _represented(
    context: Context, kind: ObjectType, record_id: str, names: Sequence[str]
) -> dict[str, Any]:
    row = saving.living(context, kind, record_id)
    given = (kind.field(name) for name in (*names, kind.name_field))
    fields = {field.name: field for field in given if field is not None and field.name != "Id"}
    return {
        "apiName": kind.name,
        "childRelationships": {},
        "eTag": guards.etag(row).strip('"').removesuffix("--gzip"),
        "fields": {name: _shown(field, row[name]) for name, field in sorted(fields.items())},
        "id": record_id,
        "lastModifiedById": row.get("LastModifiedById"),
        "lastModifiedDate": _dated(row.get("LastModifiedDate")),
        "recordTypeId": None,
        "recordTypeInfo": None,
        "systemModstamp": _dated(row.get("SystemModstamp")),
        "weakEtag": int(guards.last_change(context, row).timestamp() * 1000),
    }


def _shown(field: Field, value: Any) -> dict[str, Any]:
    if field.type == "datetime":
        value = _dated(value)
    display = str(value) if field.type in DISPLAYED and value is not None else None
    return {"displayValue": display, "value": value}


def _dated(text: Any) -> str | None:
    return None if text is None else str(text).replace("+0000", "Z")


def _plain_name(kind: ObjectType, name: str, *, strict: bool = True) -> str:
    """Return a field's name without its object's, which these addresses put before it."""
    owner, _, plain = name.rpartition(".")
    field = kind.field(plain) if owner.lower() == kind.name.lower() else None
    if field is None and strict:
        raise no_such_column(name, kind.name)
    return field.name if field else ""


def _fields(call: Call) -> dict[str, Any]:
    fields = _body(call).get("fields")
    if not isinstance(fields, Mapping):
        raise bad_json("The body needs an object of values by field name: fields.")
    return {name: value for name, value in fields.items() if name.lower() != "id"}


def _body(call: Call) -> Mapping[str, Any]:
    if not isinstance(call.body, Mapping):
        raise bad_json("The HTTP entity body is required to be a JSON object.")
    return call.body
