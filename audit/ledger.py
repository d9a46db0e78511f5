"""The only writer of the ledger."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction

from audit.events import REGISTER
from audit.models import Entry
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.bulk_rows import insert_rows
from orchestrator.kernel.errors import DomainError

BATCH = 1000


class UnknownEvent(DomainError):
    """The event is not registered, or its detail does not fit its schema."""

    code, status = "unknown_event", 500


class OutsideTransaction(DomainError):
    """The ledger is written in the transaction of what it records, never on its own."""

    code, status = "ledger_outside_transaction", 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What the ledger is asked to remember."""

    event: str
    by: Actor
    at: dt.datetime
    subject_kind: str
    subject_id: str
    detail: dict[str, Any] = field(default_factory=dict)
    proposal_id: str = ""
    workflow: str = ""
    agent: str = ""
    object_name: str = ""
    record_id: str = ""


Reader = Callable[[Sequence[NewEntry]], object]
_readers: list[tuple[frozenset[str], Reader]] = []


def follow(events: Collection[str], read: Reader) -> None:
    """
    Have entries of these events read once they are committed; called when the app is ready.

    For what may be missed: a reader that fails is logged, and what it read stands.
    """
    _readers.append((frozenset(events), read))


def append(entries: Iterable[NewEntry]) -> None:
    """
    Write entries in the caller's transaction, one row an event.

    :raises OutsideTransaction: if no transaction is open
    :raises UnknownEvent: if an event is not registered or its detail does not fit
    """
    written = list(entries)
    rows = [_row(entry) for entry in written]
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction("Open the transaction of the change that this entry records.")
    for start in range(0, len(rows), BATCH):
        insert_rows(Entry, rows[start : start + BATCH])
    for events, read in _readers:
        followed = [entry for entry in written if entry.event in events]
        if followed:
            transaction.on_commit(partial(read, followed), robust=True)


def record(
    *,
    event: str,
    by: Actor,
    at: dt.datetime,
    subject_kind: str,
    subject_id: str,
    detail: dict[str, Any] | None = None,
    proposal_id: str = "",
    workflow: str = "",
    agent: str = "",
    object_name: str = "",
    record_id: str = "",
) -> None:
    """
    Write one entry in the caller's transaction.

    :raises OutsideTransaction: if no transaction is open
    :raises UnknownEvent: if the event is not registered or its detail does not fit
    """
    append(
        [
            NewEntry(
                event=event,
                by=by,
                at=at,
                subject_kind=subject_kind,
                subject_id=subject_id,
                detail=detail or {},
                proposal_id=proposal_id,
                workflow=workflow,
                agent=agent,
                object_name=object_name,
                record_id=record_id,
            )
        ]
    )


def _row(entry: NewEntry) -> dict[str, Any]:
    registered = REGISTER.get(entry.event)
    if registered is None:
        raise UnknownEvent(f"Register the event {entry.event!r} in audit/events.py first.")
    unknown = entry.detail.keys() - registered.keys
    missing = registered.required - entry.detail.keys()
    if unknown or missing:
        raise UnknownEvent(
            f"{entry.event}: detail has unknown keys {sorted(unknown)} and lacks {sorted(missing)}."
        )
    return {
        "at": entry.at,
        "lane": registered.lane,
        "event": entry.event,
        "actor_kind": entry.by.kind,
        "actor_id": entry.by.id,
        "actor_label": entry.by.label,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "proposal_id": entry.proposal_id,
        "workflow": entry.workflow,
        "agent": entry.agent,
        "object_name": entry.object_name,
        "record_id": entry.record_id,
        "detail": entry.detail,
    }
