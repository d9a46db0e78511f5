"""What changed on an object lately: its overview, and the updated and deleted ids of a period."""

import datetime as dt

from orchestrator.simulator import clock, describe
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import refusal
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.store import Row

LONGEST = dt.timedelta(days=30)
RECENT = 10


def overview(call: Call, kind: ObjectType) -> Answer:
    """Return the object's short description and its newest records."""
    rows = [row for row in call.context.org.store.rows(kind.name) if not row["IsDeleted"]]
    newest = sorted(rows, key=lambda row: str(row.get("SystemModstamp")), reverse=True)[:RECENT]
    items = [
        {
            "attributes": {
                "type": kind.name,
                "url": f"{call.context.base}/sobjects/{kind.name}/{row['Id']}",
            },
            "Id": row["Id"],
            kind.name_field: row[kind.name_field],
        }
        for row in newest
    ]
    body = {"objectDescribe": describe.summary(call.context.base, kind), "recentItems": items}
    return Answer(200, body)


def updated(call: Call, kind: ObjectType) -> Answer:
    """
    Return the ids of the records changed in a period.

    :raises Refusal: if the period is not one
    """
    start, end = _period(call)
    ids = [
        row["Id"] for row in call.context.org.store.rows(kind.name)
        if not row["IsDeleted"] and start <= _changed(row) < end
    ]  # fmt: skip
    return Answer(200, {"ids": ids, "latestDateCovered": clock.written(end)})


def deleted(call: Call, kind: ObjectType) -> Answer:
    """
    Return the records deleted in a period.

    :raises Refusal: if the period is not one
    """
    start, end = _period(call)
    records = [
        {"id": row["Id"], "deletedDate": clock.written(_changed(row))}
        for row in call.context.org.store.rows(kind.name)
        if row["IsDeleted"] and start <= _changed(row) < end
    ]
    body = {
        "deletedRecords": records,
        "earliestDateAvailable": clock.written(call.context.now - LONGEST),
        "latestDateCovered": clock.written(end),
    }
    return Answer(200, body)


def _changed(row: Row | object) -> dt.datetime:
    values = row if isinstance(row, dict) else {}
    return clock.read(str(values.get("SystemModstamp") or values.get("CreatedDate")))


def _period(call: Call) -> tuple[dt.datetime, dt.datetime]:
    try:
        # A plus sign that was not encoded arrives as a space.
        texts = [call.query[name].replace(" ", "+") for name in ("start", "end")]
        start, end = (clock.read(text) for text in texts)
    except (KeyError, ValueError):
        message = "Give start and end as ISO 8601 dates with time and zone."
        raise refusal("INVALID_REPLICATION_DATE", message) from None
    if not dt.timedelta(0) < end - start <= LONGEST:
        message = "The end must be after the start, by at most 30 days."
        raise refusal("INVALID_REPLICATION_DATE", message)
    return start, end
