"""`/composite/sobjects`: up to 200 writes in one call, judged row by row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orchestrator.simulator import external_ids, rows, saving
from orchestrator.simulator.calls import Answer, Call, Context
from orchestrator.simulator.errors import ApiError, Refusal, bad_json, is_deleted, refusal
from orchestrator.simulator.fields import ObjectType

MOST, MOST_CHUNKS = 200, 10
ROLLED_BACK = ApiError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone "
    "header",
    (),
)
Result = dict[str, Any]
Write = Callable[[Any], Result]


def write_many(call: Call) -> Answer:
    """
    Create, update or delete records of up to ten types.

    :raises Refusal: if the body as a whole is malformed
    """
    context = call.context
    if call.method == "DELETE":
        texts = rows.split_names(call.query.get("ids")) or []
        all_or_none = call.query.get("allOrNone", "").lower() == "true"
        return _run(context, texts, lambda text: _delete(context, text), all_or_none=all_or_none)
    records, all_or_none = _records(call)
    _check_chunks(records)
    write = _create if call.method == "POST" else _update
    return _run(context, records, lambda one: write(context, one), all_or_none=all_or_none)


def upsert_many(call: Call, kind: ObjectType, field_name: str) -> Answer:
    """
    Upsert records of one type by an external id.

    :raises Refusal: if the field is none or the body as a whole is malformed
    """
    field = external_ids.external_id_field(kind, field_name)
    records, all_or_none = _records(call)

    def write(record: Any) -> Result:
        body = dict(record)
        given = [name for name in body if name.lower() == field.name.lower()]
        value = body.pop(given[0]) if given else None
        if value in (None, ""):
            message = f"{field.name} not specified"
            raise refusal("MISSING_ARGUMENT", message, [field.name])
        found = call.context.org.store.with_key(kind, field, value)
        if len(found) > 1:
            message = f"{field.name}: more than one record found for external id field: {found}"
            raise refusal("DUPLICATE_EXTERNAL_ID", message, [])
        record_id, created = external_ids.upsert(call.context, kind, field, str(value), found, body)
        return {**rows.created_body(record_id), "created": created}

    return _run(call.context, records, write, all_or_none=all_or_none)


def has_failures(body: Any) -> bool:
    """Say whether any row of a collection's answer failed."""
    return any(isinstance(row, dict) and row.get("success") is False for row in body or ())


def _run(context: Context, items: Sequence[Any], write: Write, *, all_or_none: bool) -> Answer:
    if len(items) > MOST:
        message = f"record limit reached. cannot submit more than {MOST} records into this call"
        raise refusal("EXCEEDED_ID_LIMIT", message)
    mark = context.org.store.mark()
    results: list[Result] = []
    for item in items:
        try:
            results.append(write(item))
        except Refusal as error:
            if error.whole_batch:
                context.org.store.roll_back(mark)
                return Answer(200, [_failed(error.errors) for _ in items])
            results.append(_failed(error.errors))
    if all_or_none and has_failures(results):
        context.org.store.roll_back(mark)
        results = [_rolled_back(one) for one in results]
    return Answer(200, results)


def _rolled_back(result: Result) -> Result:
    if not result["success"]:
        return result
    return {"id": result["id"], **_failed([ROLLED_BACK])}


def _failed(errors: Sequence[ApiError]) -> Result:
    return {"success": False, "errors": [error.as_collection_row() for error in errors]}


def _create(context: Context, record: Mapping[str, Any]) -> Result:
    return rows.created_body(saving.create(context, _type_of(context, record), record))


def _update(context: Context, record: Mapping[str, Any]) -> Result:
    kind = _type_of(context, record)
    values = dict(record)
    given = [name for name in values if name.lower() == "id"]
    text = values.pop(given[0]) if given else None
    if not isinstance(text, str):
        raise refusal("MISSING_ARGUMENT", "Id not specified in an update call", [])
    record_id = rows.row_id(kind, text)
    _require(context, kind, record_id)
    saving.update(context, kind, record_id, values)
    return rows.created_body(record_id)


def _delete(context: Context, text: str) -> Result:
    of_id = context.org.schema.of_id(text)
    kind = of_id and context.org.permissions.named(context.user_id, of_id.name)
    if kind is None:
        raise refusal("MALFORMED_ID", f"malformed id {text}", [])
    record_id = rows.row_id(kind, text)
    _require(context, kind, record_id)
    saving.delete(context, kind, record_id)
    return rows.created_body(record_id)


def _require(context: Context, kind: ObjectType, record_id: str) -> None:
    if context.org.store.row(kind.name, record_id) is not None:
        return
    if context.org.switches["missing_row_in_collection"] == "ENTITY_IS_DELETED":
        raise is_deleted()
    raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])


def _type_of(context: Context, record: Mapping[str, Any]) -> ObjectType:
    attributes = record.get("attributes")
    name = attributes.get("type") if isinstance(attributes, Mapping) else None
    seen = context.org.permissions
    kind = seen.named(context.user_id, name) if isinstance(name, str) else None
    if kind is None:
        message = f"sObject type '{name}' is not supported."
        raise refusal("INVALID_TYPE", message, [])
    return kind


def _records(call: Call) -> tuple[list[Mapping[str, Any]], bool]:
    body = call.body if isinstance(call.body, Mapping) else {}
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(one, Mapping) for one in records):
        raise bad_json("The body must be an object with a list of records.")
    return records, body.get("allOrNone") is True


def _check_chunks(records: Sequence[Mapping[str, Any]]) -> None:
    chunks, last = 0, None
    for record in records:
        attributes = record.get("attributes")
        name = str(attributes.get("type")) if isinstance(attributes, Mapping) else None
        if name != last:
            chunks, last = chunks + 1, name
    if chunks > MOST_CHUNKS:
        message = f"Cannot have more than {MOST_CHUNKS} chunks in a single operation."
        raise refusal("LIMIT_EXCEEDED", message)
