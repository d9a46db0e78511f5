"""Reading pages: mine, those of others, who was called, and how long answers take."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Prefetch, QuerySet

from orchestrator.paging.models import PageCall, PageStep, PageTurn
from orchestrator.paging.states import LIVE_TURNS, OPEN_PAGES, TurnState
from orchestrator.people.models import User

RECENT = 20
MOST_OPEN = 100


@dataclass(frozen=True, slots=True)
class Callings:
    """What somebody is called for: how many matters, and in how many nobody waits any more."""

    calling: int
    taken: int

    @property
    def together(self) -> int:
        """Return how many matters are the person's."""
        return self.calling + self.taken


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """How many pages were opened and answered, and how long the first answer took."""

    opened: int
    answered: int
    p50: dt.timedelta | None
    p95: dt.timedelta | None


def callings_of(person: User) -> Callings:
    """Return what the person is called for at this moment, in one query."""
    states = PageTurn.objects.filter(person=person, state__in=LIVE_TURNS)
    found = list(states.values_list("state", flat=True))
    calling = found.count(TurnState.CALLING)
    return Callings(calling, len(found) - calling)


def open_for(person: User) -> int:
    """Return how many open pages are the person's."""
    return callings_of(person).together


def pages_of(person: User) -> list[PageCall]:
    """Return the open pages that are the person's, the most urgent first."""
    mine = PageTurn.objects.filter(person=person, state__in=LIVE_TURNS).values("page")
    return list(
        _with_turns(PageCall.objects.filter(pk__in=mine)).order_by("until", "opened_at", "pk")
    )


def recent_of(person: User, *, but: Collection[str] = ()) -> list[PageCall]:
    """Return the pages for which the person was called, newest first."""
    was_called = PageTurn.objects.filter(person=person).values("page")
    rows = PageCall.objects.filter(pk__in=was_called).exclude(pk__in=but)
    return list(_with_turns(rows).order_by("-opened_at", "-pk")[:RECENT])


def open_pages(*, but: Collection[str] = ()) -> list[PageCall]:
    """Return every open page, those that nobody answered first."""
    rows = PageCall.objects.filter(state__in=OPEN_PAGES).exclude(pk__in=but)
    return list(_with_turns(rows).order_by("exhausted_at", "opened_at", "pk")[:MOST_OPEN])


def open_page(*, subject_kind: str, subject_id: str) -> PageCall | None:
    """Return the open page about a matter, or nothing."""
    rows = PageCall.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, state__in=OPEN_PAGES
    )
    return _with_turns(rows).first()


def found(page_id: str) -> PageCall | None:
    """Return one page with everybody who was called."""
    return _with_turns(PageCall.objects.filter(pk=page_id)).first()


def exhausted(at: dt.datetime) -> list[PageCall]:
    """Return the open pages for which everybody was called by then, and nobody answered or acts."""
    rows = PageCall.objects.filter(state__in=OPEN_PAGES, exhausted_at__lte=at)
    return list(_with_turns(rows).order_by("exhausted_at", "pk"))


def open_subjects(subject_kind: str) -> set[str]:
    """Return the ids of the matters of one kind that somebody is called about now."""
    rows = PageCall.objects.filter(subject_kind=subject_kind, state__in=OPEN_PAGES)
    return set(rows.values_list("subject_id", flat=True))


def known_subjects(subject_kind: str, subject_ids: Collection[str]) -> set[str]:
    """Return those of the matters that somebody was ever called about."""
    rows = PageStep.objects.filter(subject_kind=subject_kind, subject_id__in=subject_ids)
    return set(rows.values_list("subject_id", flat=True))


ANSWER_TIMES = """
WITH answered AS (
  SELECT p.id, min(t.acknowledged_at) - p.opened_at AS took
  FROM paging_pagecall p LEFT JOIN paging_pageturn t ON t.page_id = p.id
  WHERE p.opened_at >= %s AND p.opened_at < %s
  GROUP BY p.id
)
SELECT count(*), count(took),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY took),
  percentile_cont(0.95) WITHIN GROUP (ORDER BY took)
FROM answered
"""


def answer_times(*, since: dt.datetime, until: dt.datetime) -> AnswerTimes:
    """Return how long people took to answer the pages that were opened in this window."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWER_TIMES, [since, until])
        opened, answered, p50, p95 = cursor.fetchone()
    return AnswerTimes(opened, answered, p50, p95)


def _with_turns(rows: QuerySet[PageCall]) -> QuerySet[PageCall]:
    turns = PageTurn.objects.select_related("person", "handed_by").order_by("number")
    return rows.select_related("role").prefetch_related(Prefetch("turns", queryset=turns))
