"""Finishing what is written: read it back, say what differs, keep how to undo it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from approvals import outcomes
from approvals.models import Change, Decision
from approvals.states import Vote
from audit import ledger
from audit.ledger import NewEntry
from orchestrator.commits import holds, transitions
from orchestrator.commits.batch import Item, fields_to_read, snapshot_json
from orchestrator.commits.comparison import differences_after
from orchestrator.commits.inverse import Image, inverse_of
from orchestrator.commits.moves import UNCLAIMED, move_rows
from orchestrator.commits.states import CommitState
from orchestrator.connectors.base import Connector, RecordKey
from orchestrator.kernel import faultpoints

LABEL_SPACE = 255


def finish(connector: Connector, items: Sequence[Item], *, claim: str, at: dt.datetime) -> None:
    """
    Close commits that are written; a crash before the end leaves them to the sweep.

    :raises ConnectorError: if they cannot be read back now; they stay `written` until they can
    """
    if not items:
        return
    images = _read_back(connector, items)
    faultpoints.reach("after_reading_back")
    approvers = _approvers(items)
    with transaction.atomic():
        done = _close(items, images, claim, at)
        outcomes.mark_committed(proposal_ids=[item.proposal.pk for item in done], at=at)
        ledger.append(
            entry
            for item in done
            for entry in _entries(item, images[item.id], approvers[item.revision.pk], at)
        )
        holds.release([item.id for item in done])
        faultpoints.reach("inside_closing")
    faultpoints.reach("after_closing")


def _read_back(connector: Connector, items: Sequence[Item]) -> dict[str, list[Image]]:
    """Read every record of the commits as it is now, all of them in one go."""
    wanted: dict[RecordKey, set[str]] = defaultdict(set)
    for item in items:
        for key, change in _written_records(item):
            wanted[key].update(fields_to_read(change))
    found = connector.read({key: sorted(names) for key, names in wanted.items()})
    return {
        item.id: [snapshot_json(found[key]) for key, _ in _written_records(item)] for item in items
    }


def _written_records(item: Item) -> list[tuple[RecordKey, Change]]:
    ids = item.commit.written_ids or [change.record_id for change in item.changes]
    return [
        (RecordKey(change.object_name, record_id), change)
        for record_id, change in zip(ids, item.changes, strict=True)
    ]


def _close(
    items: Sequence[Item], images: Mapping[str, list[Image]], claim: str, at: dt.datetime
) -> list[Item]:
    rows = [
        {
            "id": item.id,
            **UNCLAIMED,
            "finished_at": at,
            "after": images[item.id],
            "inverse": inverse_of(item.changes, before_of(item), images[item.id]),
            "error_class": "",
            "error_code": "",
            "error_text": "",
        }
        for item in items
    ]
    moved = move_rows(rows, left=CommitState.WRITTEN, to=CommitState.DONE, claim=claim)
    return [item for item in items if item.id in moved]


def before_of(item: Item) -> list[Image]:
    """Return the images of the re-read: in hand, or stored by the worker that wrote."""
    if item.before:
        return [snapshot_json(snapshot) for snapshot in item.before]
    stored: list[Image] | None = item.commit.before
    return stored or [None] * len(item.changes)


def _approvers(items: Iterable[Item]) -> dict[int, list[str]]:
    """Return who approved each revision; nobody for what policy approved by itself."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Decision.objects.filter(
        revision__in=[item.revision.pk for item in items], vote=Vote.APPROVE
    )
    for decision in rows.order_by("at").select_related("person"):
        person = decision.person
        # As with every actor in the ledger: names are for people, user names are unique.
        found[decision.revision_id].append(f"{person.display_name} ({person.username})")
    return found


def _entries(
    item: Item, after: Sequence[Image], approvers: Sequence[str], at: dt.datetime
) -> Iterable[NewEntry]:
    differences = []
    for (key, change), was, now in zip(_written_records(item), before_of(item), after, strict=True):
        found = _differences(change, now)
        differences += [{"position": change.position, **one} for one in found]
        yield _record_changed(item, key, change, was, now, approvers, at, differs=bool(found))
    yield transitions.entry(
        item, "commit.done", at, attempt=item.attempt, differences=[*differences, *item.notes]
    )


def _differences(change: Change, now: Image) -> list[dict[str, Any]]:
    if change.operation == "delete":
        return [] if now is None else [{"field": "", "wanted": "deleted", "found": "still there"}]
    return differences_after(wanted=change.fields, found=None if now is None else now["values"])


def _record_changed(
    item: Item,
    key: RecordKey,
    change: Change,
    was: Image,
    now: Image,
    approvers: Sequence[str],
    at: dt.datetime,
    *,
    differs: bool,
) -> NewEntry:
    content = item.revision.content
    old = {} if was is None else was["values"]
    new = change.fields if now is None else now["values"]
    names = change.fields if change.operation != "delete" else old
    label = (now or was or {}).get("label", "") or change.record_label
    return NewEntry(
        event="record.changed",
        by=transitions.ENGINE,
        at=at,
        subject_kind="proposal",
        subject_id=item.proposal.pk,
        proposal_id=item.proposal.pk,
        workflow=item.commit.workflow,
        agent=item.commit.agent,
        object_name=key.object_name,
        record_id=key.record_id,
        detail={
            "operation": change.operation,
            "fields": {
                name: {
                    "old": old.get(name),
                    "new": None if change.operation == "delete" else new.get(name),
                }
                for name in names
            },
            "reason_code": content["reason"]["code"],
            "reason_text": content["reason"]["text"],
            "evidence": content["evidence"],
            "commit": item.id,
            "action": content["action"],
            "version": content["version"],
            "label": label[:LABEL_SPACE],
            "approved_by": list(approvers),
            "confidence": content["confidence"],
            "run": content["run"],
            "org": item.org.slug,
            "after_differs": differs,
        },
    )
