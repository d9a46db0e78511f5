"""Reading the ledger."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from audit.events import REGISTER
from audit.models import Entry

PAGE_SIZE = 50
TIMELINE_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader of the ledger asks for; empty means everything."""

    lane: str = ""
    event: str = ""
    workflow: str = ""
    agent: str = ""
    actor: str = ""
    proposal: str = ""
    object_name: str = ""
    record_id: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as people read it."""

    id: int
    at: dt.datetime
    lane: str
    event: str
    words: str
    actor_kind: str
    actor_id: str
    actor_label: str
    subject_kind: str
    subject_id: str
    proposal_id: str
    workflow: str
    agent: str
    object_name: str
    record_id: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of lines, newest first, and where the next one begins."""

    lines: Sequence[Line]
    next_before: int | None


def timeline(proposal_id: str) -> list[Line]:
    """Return what happened to one proposal, oldest first."""
    rows = Entry.objects.filter(proposal_id=proposal_id).order_by("id")[:TIMELINE_LIMIT]
    return [_line(row) for row in rows]


def latest(proposal_id: str) -> int:
    """Return the number of the newest entry about one proposal; 0 before the first."""
    rows = Entry.objects.filter(proposal_id=proposal_id).order_by("-id")
    return rows.values_list("id", flat=True).first() or 0


def subject_history(*, kind: str, id: str, limit: int = PAGE_SIZE) -> list[Line]:
    """Return what happened to one agent, workflow, role, org or switch, newest first."""
    rows = Entry.objects.filter(subject_kind=kind, subject_id=id).order_by("-id")[:limit]
    return [_line(row) for row in rows]


def latest_events(*, kind: str, event: str, ids: Iterable[str]) -> dict[str, Line]:
    """Return the newest entry of one event about each of these subjects, in one query."""
    rows = Entry.objects.filter(subject_kind=kind, subject_id__in=list(ids), event=event)
    newest = rows.order_by("subject_id", "-id").distinct("subject_id")
    return {row.subject_id: _line(row) for row in newest}


def record_history(
    *,
    object_name: str,
    record_id: str,
    workflows: Collection[str] | None = None,
    field: str = "",
    before: int | None = None,
) -> Page:
    """Return every change that we wrote to one record, newest first; of all workflows if None."""
    rows = Entry.objects.filter(object_name=object_name, record_id=record_id)
    if workflows is not None:
        rows = rows.filter(workflow__in=workflows)
    if field:
        rows = rows.filter(detail__fields__has_key=field)
    return _page(rows, before)


def taken_back(lines: Iterable[Line]) -> dict[str, Line]:
    """Return the entry that says so for each of the lines' proposals that was taken back."""
    proposals = {line.proposal_id for line in lines if line.proposal_id}
    rows = Entry.objects.filter(proposal_id__in=proposals, event="proposal.reverted")
    return {row.proposal_id: _line(row) for row in rows.order_by("id")}


def search(*, filters: Filters, before: int | None = None) -> Page:
    """Return the entries that fit every filter, newest first."""
    wanted = {
        "lane": filters.lane,
        "event": filters.event,
        "workflow": filters.workflow,
        "agent": filters.agent,
        "actor_id": filters.actor,
        "proposal_id": filters.proposal,
        "object_name": filters.object_name,
        "record_id": filters.record_id,
        "at__gte": filters.since,
        "at__lt": filters.until,
    }
    rows = Entry.objects.filter(**{name: value for name, value in wanted.items() if value})
    return _page(rows, before)


def _page(rows: QuerySet[Entry], before: int | None) -> Page:
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    lines = [_line(row) for row in found[:PAGE_SIZE]]
    return Page(lines=lines, next_before=lines[-1].id if more else None)


def _line(row: Entry) -> Line:
    registered = REGISTER.get(row.event)
    return Line(
        id=row.pk,
        at=row.at,
        lane=row.lane,
        event=row.event,
        words=registered.words if registered else row.event,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_label=row.actor_label,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        proposal_id=row.proposal_id,
        workflow=row.workflow,
        agent=row.agent,
        object_name=row.object_name,
        record_id=row.record_id,
        detail=row.detail,
    )
