"""Reading the records again, just before the write: only what is still as approved goes on."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from approvals.models import Change
from orchestrator.commits import grant_filters, transitions
from orchestrator.commits.batch import Batch, Item, key_of, snapshot_json, wanted_records
from orchestrator.commits.comparison import Comparison, Finding, compare
from orchestrator.commits.faults import handle, handle_call
from orchestrator.connectors.base import RecordKey, Snapshot
from orchestrator.connectors.errors import ConnectorError, ErrorClass, Rejected

Records = Mapping[RecordKey, Snapshot | None]
# The guard failed although nothing that matters moved: reading and writing again is right, twice.
GUARD_CODES = frozenset(
    {
        "HTTP_412",
        "PRECONDITION_FAILED",
        "MATCH_PRECONDITION_FAILED",
        "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE",
    }
)
MOST_GUARD_FAILURES = 3


@dataclass(slots=True)
class Reread:
    """What reading again left of a batch."""

    ready: list[Item] = field(default_factory=list)
    # Written by an earlier try of ours whose answer was lost: nothing to write, only to verify.
    there: list[Item] = field(default_factory=list)


def reread(batch: Batch, *, at: dt.datetime) -> Reread:
    """Read every record of the batch and return the commits that may go on."""
    result = Reread()
    try:
        _compare(batch, batch.items, result, at)
    except Rejected as error:
        if len(batch.items) == 1:
            handle(batch.items, error, claim=batch.claim, at=at)
            return result
        # One field that the CRM does not know spoils the call for all: ask for each on its own.
        _each_alone(batch, result, at)
    except ConnectorError as error:
        handle_call(batch, batch.items, reading_fault(error), at=at)
    return result


def reading_fault(error: ConnectorError) -> ConnectorError:
    """Return the error of a read: nothing was written, so an unclear one is merely transient."""
    if error.error_class == ErrorClass.UNKNOWN:
        error.error_class = ErrorClass.TRANSIENT
    return error


def _each_alone(batch: Batch, result: Reread, at: dt.datetime) -> None:
    for number, item in enumerate(batch.items):
        try:
            _compare(batch, [item], result, at)
        except Rejected as error:
            handle([item], error, claim=batch.claim, at=at)
        except ConnectorError as error:
            # The next would meet it too: those that were not asked for yet share it.
            handle_call(batch, batch.items[number:], reading_fault(error), at=at)
            return


def _compare(batch: Batch, items: Sequence[Item], result: Reread, at: dt.datetime) -> None:
    wanted = wanted_records(items)
    records, filtered = _read(batch, items, wanted)
    found = [(item, _before(batch, item, records)) for item in items]
    for item, before in found:
        item.before = before
        compared = [
            _compared(change, snapshot)
            for change, snapshot in zip(item.changes, before, strict=True)
        ]
        _place(batch, item, compared, result, outside=filtered[item.id], at=at)


def _read(
    batch: Batch, items: Sequence[Item], wanted: Mapping[RecordKey, Sequence[str]]
) -> tuple[Records, dict[str, str]]:
    """Return the records with the fields that are compared, and what the grants do not cover."""
    extra = grant_filters.fields_to_read(batch.connector, items)
    whole = {key: sorted({*names, *extra.get(key, ())}) for key, names in wanted.items()}
    records = batch.connector.read(whole) if whole else {}
    outside = {item.id: grant_filters.outside(item, records) for item in items}
    if not extra:
        return records, outside
    # What only a filter asked for is no part of the images that are kept and compared.
    return {key: _only(wanted[key], found) for key, found in records.items()}, outside


def _only(names: Sequence[str], snapshot: Snapshot | None) -> Snapshot | None:
    if snapshot is None:
        return None
    return replace(snapshot, values={name: snapshot.values[name] for name in names})


def _before(batch: Batch, item: Item, records: Records) -> list[Snapshot | None]:
    return [
        records[key_of(change)] if change.record_id else _made_before(batch, item, change)
        for change in item.changes
    ]


def _made_before(batch: Batch, item: Item, change: Change) -> Snapshot | None:
    """Look for the record of a create; under our own key it can only be an earlier try's."""
    if not item.sent_before and not change.external_id:
        return None
    return batch.connector.find_by_external_id(change.object_name, item.external_id(change))


def _compared(change: Change, snapshot: Snapshot | None) -> Comparison:
    return compare(
        operation=change.operation,
        base=change.base or {},
        now=None if snapshot is None else snapshot.values,
        proposed=change.fields,
        depends_on=change.depends_on,
    )


def _place(
    batch: Batch,
    item: Item,
    compared: Sequence[Comparison],
    result: Reread,
    *,
    outside: str,
    at: dt.datetime,
) -> None:
    if _ours(batch, item, compared):
        result.there.append(item)
        return
    objection = _objection(item, compared)
    if objection is None and outside:
        objection = ("grant_ended", outside)
    if objection is None:
        result.ready.append(item)
        return
    code, text = objection
    with transaction.atomic():
        transitions.return_to_people(
            item,
            code=code,
            text=text,
            changes=three_way(item, compared),
            claim=batch.claim,
            at=at,
        )


def _ours(batch: Batch, item: Item, compared: Sequence[Comparison]) -> bool:
    """Say whether an earlier try of this very commit has written all of it already."""
    if not item.sent_before:
        return False
    if any(snapshot is not None and snapshot.stamp == item.id for snapshot in item.before):
        # All of it or nothing is written, so one stamp speaks for all, whoever edited since.
        return True
    return all(one.there for one in compared) and all(
        snapshot is None or snapshot.modified_by == batch.connector.writer_id
        for snapshot in item.before
    )


def _objection(item: Item, compared: Sequence[Comparison]) -> tuple[str, str] | None:
    """Return why people have to look again, or None if everything is as approved."""
    for change, one in zip(item.changes, compared, strict=True):
        name = change.record_label or change.record_id or change.object_name
        if one.finding == Finding.GONE:
            return "record_gone", f"{name} is no longer there."
        if one.finding == Finding.EXISTS:
            return (
                "record_exists",
                f"There is a {change.object_name} with this external id already.",
            )
        if one.finding != Finding.AS_APPROVED:
            fields = ", ".join(difference.field for difference in one.differences)
            return "record_moved", f"{name} changed since it was approved: {fields}."
    return _refused_before(item)


def _refused_before(item: Item) -> tuple[str, str] | None:
    """Return what the CRM objected to at the last try, now that the record itself says nothing."""
    if item.commit.error_class != ErrorClass.CONFLICT:
        return None
    if item.commit.error_code in GUARD_CODES:
        if item.commit.failures < MOST_GUARD_FAILURES:
            return None
        return "record_busy", "Somebody changed the record each time we were about to write it."
    return "crm_conflict", f"The CRM refuses: {item.commit.error_text}"


def three_way(item: Item, compared: Sequence[Comparison]) -> list[dict[str, Any]]:
    """Return, per change, the record now and each field that moved: then, now, proposed."""
    return [
        {
            "position": change.position,
            "operation": change.operation,
            "object": change.object_name,
            "id": change.record_id,
            "label": change.record_label,
            "gone": one.finding == Finding.GONE,
            "fields": [difference.as_json() for difference in one.differences],
            "now": snapshot_json(snapshot),
        }
        for change, snapshot, one in zip(item.changes, item.before, compared, strict=True)
    ]
