"""One record by its id: read, create, change, delete."""

from collections.abc import Sequence
from typing import Any

from orchestrator.simulator import guards, ids, saving
from orchestrator.simulator.calls import Answer, Call, Context
from orchestrator.simulator.errors import (
    method_not_allowed,
    no_such_column,
    not_found,
    wrong_id,
)
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.store import Row


def object_type(context: Context, name: str) -> ObjectType:
    """
    Return the object type of that name in any case.

    :raises Refusal: 404 if there is none
    """
    kind = context.org.permissions.named(context.user_id, name)
    if kind is None:
        raise not_found()
    return kind


def row_id(kind: ObjectType, text: str) -> str:
    """
    Return the 18 characters of an id of this object type.

    :raises Refusal: 400 MALFORMED_ID if it cannot be one
    """
    record_id = ids.full_id(text)
    if record_id is None or not text.startswith(kind.prefix):
        raise wrong_id(f"{kind.label} ID", text, "Id")
    return record_id


def by_id(call: Call, kind: ObjectType, text: str) -> Answer:
    """
    Read, change or delete the record with an id.

    :raises Refusal: if it is not there, not as expected, or the change is not accepted
    """
    record_id = row_id(kind, text)
    match call.method:
        case "GET" | "HEAD":
            return read(call, kind, record_id)
        case "PATCH":
            return patch(call, kind, record_id)
        case "DELETE":
            return remove(call, kind, record_id)
    raise method_not_allowed(call.method, ("HEAD", "GET", "PATCH", "DELETE"))


def read(call: Call, kind: ObjectType, record_id: str) -> Answer:
    """
    Return a record, all of it or the fields asked for.

    :raises Refusal: if it is not there or there is no such field
    """
    guards.check_headers(call, kind)
    row = saving.living(call.context, kind, record_id)
    known = guards.not_modified(call, kind, row)
    if known is not None:
        return known
    guards.check_row(call, kind, row)
    wanted = fields_wanted(kind, split_names(call.query.get("fields")))
    body = as_record(call.context, kind, row, wanted)
    return Answer(200, body, guards.row_headers(call, kind, row))


def patch(call: Call, kind: ObjectType, record_id: str) -> Answer:
    """
    Change a record if it is as the call expects it.

    :raises Refusal: if it is not there, not as expected, or the change is not accepted
    """
    guards.check_headers(call, kind)
    row = saving.to_be_written(call.context, kind, record_id)
    guards.check_row(call, kind, row)
    saving.update(call.context, kind, record_id, call.body)
    if not guards.has_etag(kind):
        return Answer(204)
    changed = saving.living(call.context, kind, record_id)
    return Answer(204, headers={"ETag": guards.etag(changed)})


def remove(call: Call, kind: ObjectType, record_id: str) -> Answer:
    """
    Delete a record.

    :raises Refusal: if it is not there, or may not go
    """
    guards.check_delete(call, saving.to_be_written(call.context, kind, record_id))
    saving.delete(call.context, kind, record_id)
    return Answer(204)


def create(call: Call, kind: ObjectType) -> Answer:
    """
    Create a record.

    :raises Refusal: if the org does not accept it
    """
    record_id = saving.create(call.context, kind, call.body)
    location = f"{call.context.base}/sobjects/{kind.name}/{record_id}"
    return Answer(201, created_body(record_id), {"Location": location})


def created_body(record_id: str) -> dict[str, Any]:
    """Return the body of a successful write."""
    return {"id": record_id, "success": True, "errors": []}


def as_record(
    context: Context, kind: ObjectType, row: Row, wanted: Sequence[str] | None
) -> dict[str, Any]:
    """Return a row as the API writes it."""
    url = f"{context.base}/sobjects/{kind.name}/{row['Id']}"
    attributes = {"attributes": {"type": kind.name, "url": url}}
    if wanted is None:
        wanted = [field.name for field in kind.fields.values()]
    return {**attributes, **{name: row[name] for name in wanted}}


def fields_wanted(kind: ObjectType, names: Sequence[str] | None) -> list[str] | None:
    """
    Return canonical field names, with Id; None stands for all of them.

    :raises Refusal: INVALID_FIELD for a name the object does not have
    """
    if names is None:
        return None
    wanted: dict[str, None] = {}
    for name in names:
        field = kind.field(name)
        if field is None:
            raise no_such_column(name, kind.name)
        wanted[field.name] = None
    wanted.setdefault("Id", None)
    return list(wanted)


def split_names(text: str | None) -> list[str] | None:
    """Return the names in a comma-separated list, None if there are none."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    return names or None
