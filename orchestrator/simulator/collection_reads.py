"""`/composite/sobjects/<Object>`: many records of one object, nulls where there is none."""

from collections.abc import Sequence
from typing import Any

from orchestrator.simulator import ids, rows
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import bad_json, refusal
from orchestrator.simulator.fields import ObjectType

MOST = 2000


def read_many(call: Call, kind: ObjectType) -> Answer:
    """
    Return the records with some ids, in their order.

    :raises Refusal: if there are too many, or a field is unknown or none is named
    """
    wanted_ids, names = _asked(call)
    if len(wanted_ids) > MOST:
        message = f"record limit reached. cannot retrieve more than {MOST} records into this call"
        raise refusal("EXCEEDED_ID_LIMIT", message)
    wanted = rows.fields_wanted(kind, names)
    if wanted is None:
        raise refusal("MISSING_ARGUMENT", "The fields parameter is required.")
    return Answer(200, [_record(call, kind, text, wanted) for text in wanted_ids])


def _record(call: Call, kind: ObjectType, text: str, wanted: Sequence[str]) -> Any:
    record_id = ids.full_id(text)
    row = call.context.org.store.row(kind.name, record_id) if record_id else None
    if row is None or row["IsDeleted"]:
        return None
    return rows.as_record(call.context, kind, row, wanted)


def _asked(call: Call) -> tuple[list[str], list[str] | None]:
    if call.method != "POST":
        return rows.split_names(call.query.get("ids")) or [], rows.split_names(
            call.query.get("fields")
        )
    if not isinstance(call.body, dict):
        raise bad_json("The HTTP entity body is required to be a JSON object.")
    found = call.body.get("ids"), call.body.get("fields")
    for one in found:
        if not isinstance(one, list) or not all(isinstance(text, str) for text in one):
            raise bad_json("ids and fields must be lists of strings.")
    return list(found[0] or []), list(found[1] or []) or None
