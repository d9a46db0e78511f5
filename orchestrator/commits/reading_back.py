"""Reading back commits whose outcome is unknown, and recording what that shows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from approvals.models import Change
from audit import ledger
from orchestrator.commits import holds, transitions, triage
from orchestrator.commits.batch import Item, key_of, moment, snapshot_json, wanted_records
from orchestrator.commits.moves import move_rows
from orchestrator.commits.settling import Evidence, Found, Image, Judgement, judge
from orchestrator.commits.states import CommitState, LetterKind
from orchestrator.connectors.base import Connector, Snapshot

C = CommitState


@dataclass(frozen=True, slots=True)
class Settled:
    """One commit, what reading back shows of it, and the records as they are now."""

    item: Item
    judgement: Judgement
    now: Sequence[Snapshot | None]

    @property
    def found(self) -> Found:
        """Return whether it was written, as far as that can be told."""
        return self.judgement.found


def read(connector: Connector, items: Sequence[Item]) -> list[Settled]:
    """
    Read the records of these commits and judge whether each was written.

    :raises ConnectorError: if the system of record cannot be asked
    """
    wanted = wanted_records(items)
    records = connector.read(wanted) if wanted else {}
    settled = []
    for item in items:
        now = [
            records[key_of(change)]
            if change.record_id
            else connector.find_by_external_id(change.object_name, item.external_id(change))
            for change in item.changes
        ]
        stored = item.commit.before or [None] * len(now)
        evidence = [
            _evidence(change, was, is_now)
            for change, was, is_now in zip(item.changes, stored, now, strict=True)
        ]
        judgement = judge(
            evidence,
            commit_id=item.id,
            writer_id=connector.writer_id,
            marker=connector.find_marker(item.id) if item.commit.marked else None,
        )
        settled.append(Settled(item, judgement, now))
    return settled


@transaction.atomic
def record(settled: Sequence[Settled], *, at: dt.datetime) -> list[Item]:
    """Move the commits on; return those that turned out to be written."""
    written = []
    for one in settled:
        if one.found == Found.WRITTEN:
            _take_as_written(one, at)
            written.append(one.item)
        elif one.found == Found.NOT_WRITTEN:
            _try_again(one, at)
        else:
            _ask_a_person(one, at)
    ledger.append(
        transitions.entry(
            one.item, "commit.settled", at, found=one.found.value, text=one.judgement.words
        )
        for one in settled
    )
    holds.release([one.item.id for one in settled])
    return written


def _evidence(change: Change, was: dict[str, Any] | None, now: Snapshot | None) -> Evidence:
    # What was sent before there were stamps has none in its image.
    before = was and Image(
        was["values"], moment(was["modified_at"]), was["modified_by"], was.get("stamp")
    )
    return Evidence(
        operation=change.operation,
        proposed=change.fields,
        before=before or None,
        now=None if now is None else Image(now.values, now.modified_at, now.modified_by, now.stamp),
        own_key=not change.external_id,
    )


def _take_as_written(one: Settled, at: dt.datetime) -> None:
    item = one.item
    ids = [
        change.record_id if now is None else now.key.record_id
        for change, now in zip(item.changes, one.now, strict=True)
    ]
    item.commit.written_ids = ids
    row = {"id": item.id, "written_at": at, "written_ids": ids}
    moved = move_rows([row], left=C.UNKNOWN, to=C.WRITTEN, claim=item.commit.claim)
    transitions.check_all_moved(moved, [item])


def _try_again(one: Settled, at: dt.datetime) -> None:
    """Queue it again, with a new comparison and a new guard; not for ever."""
    item = one.item
    error = ("transient", "not_written", one.judgement.words)
    allowed = int(settings.COUNTERSIGN["commit_attempts"])
    claim = item.commit.claim
    if item.commit.failures + 1 >= allowed:
        transitions.fail([item], left=C.UNKNOWN, claim=claim, error=error, at=at)
        return
    transitions.postpone(
        [item], left=C.UNKNOWN, claim=claim, error=error, due_at=at, counts=True, at=at
    )


def _ask_a_person(one: Settled, at: dt.datetime) -> None:
    row = {
        "id": one.item.id,
        "finished_at": at,
        "after": [snapshot_json(now) for now in one.now],
        "error_class": "unknown",
        "error_code": "cannot_tell",
        "error_text": one.judgement.words,
    }
    claim = one.item.commit.claim
    moved = move_rows([row], left=C.UNKNOWN, to=C.UNKNOWN, claim=claim)
    transitions.check_all_moved(moved, [one.item])
    error = ("unknown", "cannot_tell", one.judgement.words)
    triage.open_letters([one.item], kind=LetterKind.UNKNOWN, error=error, at=at)
