"""One record by an external id: read, upsert, delete."""

from collections.abc import Sequence
from typing import Any

from orchestrator.simulator import coercion, guards, rows, saving
from orchestrator.simulator.calls import Answer, Call, Context
from orchestrator.simulator.errors import method_not_allowed, missing, not_found, refusal
from orchestrator.simulator.fields import Field, ObjectType

# From this version on an upsert that updates says so; before, it answered like an update.
SAYS_CREATED = 46.0


def by_external_id(call: Call, kind: ObjectType, field_name: str, value: str) -> Answer:
    """
    Read, upsert or delete the record with an external id.

    :raises Refusal: if it is not there, not as expected, or the change is not accepted
    """
    field = external_id_field(kind, field_name)
    found = call.context.org.store.with_key(kind, field, value)
    if len(found) > 1:
        base = f"{call.context.base}/sobjects/{kind.name}"
        return Answer(300, [f"{base}/{record_id}" for record_id in found])
    match call.method:
        case "GET" | "HEAD":
            return rows.read(call, kind, _only(found))
        case "PATCH":
            return _upsert(call, kind, field, value, found)
        case "DELETE":
            return rows.remove(call, kind, _only(found))
    raise method_not_allowed(call.method, ("HEAD", "GET", "PATCH", "DELETE"))


def external_id_field(kind: ObjectType, name: str) -> Field:
    """
    Return the external-id field of that name.

    :raises Refusal: 404 if the object has none
    """
    field = kind.field(name)
    if field is None or not field.external_id:
        message = f"Provided external ID field does not exist or is not accessible: {name}"
        raise refusal("NOT_FOUND", message, status=404)
    return field


def upsert(
    context: Context, kind: ObjectType, field: Field, value: str, found: Sequence[str], body: Any
) -> tuple[str, bool]:
    """
    Update the record that was found, or create one; return its id and whether it is new.

    :raises Refusal: if the org does not accept it
    """
    given = [name for name in saving.as_mapping(body) if str(name).lower() == field.name.lower()]
    if given and context.org.switches["external_id_in_upsert_body"] == "refused":
        message = f"The {field.name} field should not be specified in the sobject data."
        raise refusal("INVALID_FIELD", message)
    if given:
        body = {name: one for name, one in body.items() if name not in given}
    if found:
        saving.update(context, kind, found[0], body)
        return found[0], False
    preset = {field.name: coercion.stored(kind, field, value)}
    return saving.create(context, kind, body, preset=preset), True


def _upsert(call: Call, kind: ObjectType, field: Field, value: str, found: Sequence[str]) -> Answer:
    if found and call.context.org.switches["guard_on_external_id"]:
        guards.check_headers(call, kind)
        guards.check_row(call, kind, saving.living(call.context, kind, found[0]))
    if not found and call.query.get("updateOnly", "").lower() == "true":
        raise missing(call.context.org.switches["update_only_missing"])
    record_id, created = upsert(call.context, kind, field, value, found, call.body)
    if not created and call.context.version_number < SAYS_CREATED:
        return Answer(204)
    body = {**rows.created_body(record_id), "created": created}
    location = f"{call.context.base}/sobjects/{kind.name}/{record_id}"
    return Answer(201, body, {"Location": location}) if created else Answer(200, body)


def _only(found: Sequence[str]) -> str:
    if not found:
        raise not_found()
    return found[0]
