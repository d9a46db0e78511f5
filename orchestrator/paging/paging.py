"""Calling people about a matter that needs somebody now, and ending it when it is settled."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from orchestrator.paging import telling, ticking
from orchestrator.paging.calling import PAGING, call_next, record
from orchestrator.paging.models import PageCall, PageStep, PageTurn
from orchestrator.paging.states import LIVE_TURNS, OPEN_PAGES, PageState, TurnState
from orchestrator.paging.subjects import PageSubject as PageSubject
from orchestrator.people.models import Role

LONGEST_TITLE = 300
NO_TIME = dt.timedelta(0)


class _KnownStep(Exception):
    """Somebody was called for this step before: takes back the page that was made for it."""


@transaction.atomic
def page(
    *, subject: PageSubject, role: Role, why: str, step: str, at: dt.datetime
) -> PageCall | None:
    """
    Call somebody about the matter; the same step again calls nobody and returns None.

    While a page about it is open, a further step calls the next person in that page.
    """
    try:
        with transaction.atomic():
            called = _opened(subject, role, why, at)
            _take_step(called, step, why, at)
            _bring_up_to_date(called, subject, role)
    except _KnownStep:
        return None
    call_next(called, why=why, at=at)
    return called


@transaction.atomic
def page_next(
    *,
    subject_kind: str,
    subject_id: str,
    why: str,
    step: str,
    at: dt.datetime,
    patience: dt.timedelta = NO_TIME,
) -> PageCall | None:
    """
    Call the next person after those already called; None without an open page or a new step.

    Whoever is called since less than `patience`, by the page's own clock, is the next person.
    """
    called = open_page(subject_kind, subject_id)
    if called is None:
        return None
    try:
        _take_step(called, step, why, at)
    except _KnownStep:
        return None
    if not called.turns.filter(state=TurnState.CALLING, called_at__gt=at - patience).exists():
        call_next(called, why=why, at=at)
    return called


def reword(*, subject_kind: str, subject_id: str, title: str) -> bool:
    """Say anew what the open page about a matter is about; say whether there is one."""
    rows = PageCall.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, state__in=OPEN_PAGES
    )
    return rows.update(title=title[:LONGEST_TITLE]) == 1


@transaction.atomic
def resolve(*, subject_kind: str, subject_ids: Collection[str], words: str, at: dt.datetime) -> int:
    """End the open pages about these matters and tell who was called; return how many ended."""
    pages = list(
        PageCall.objects.select_for_update()
        .filter(subject_kind=subject_kind, subject_id__in=subject_ids, state__in=OPEN_PAGES)
        .order_by("pk")
    )
    if not pages:
        return 0
    for each in pages:
        each.move(PageState.RESOLVED, closed_at=at, words=words)
        record(each, "page.resolved", by=PAGING, at=at, words=words)
    PageTurn.objects.filter(page__in=pages, state__in=LIVE_TURNS).update(
        state=TurnState.SETTLED, ended_at=at
    )
    telling.tell_resolved(pages, words, at=at)
    ticking.stop(pages, at=at)
    return len(pages)


def _opened(subject: PageSubject, role: Role, why: str, at: dt.datetime) -> PageCall:
    """Return the open page about the subject, locked, made if there is none."""
    row = PageCall(
        subject_kind=subject.kind,
        subject_id=subject.id,
        title=subject.title[:LONGEST_TITLE],
        path=subject.path,
        workflow=subject.workflow,
        until=subject.until,
        barred=list(subject.barred),
        role=role,
        why=why,
        opened_at=at,
    )
    PageCall.objects.bulk_create([row], ignore_conflicts=True)
    found = open_page(subject.kind, subject.id)
    if found is None:
        raise RuntimeError("A page that was just made is not there.")
    return found


def _bring_up_to_date(called: PageCall, subject: PageSubject, role: Role) -> None:
    """A page that was open already calls whom this step names, and nobody barred since."""
    called.amend(
        title=subject.title[:LONGEST_TITLE],
        path=subject.path,
        until=subject.until,
        barred=list(subject.barred),
        role=role,
    )


def open_page(subject_kind: str, subject_id: str) -> PageCall | None:
    """Return the open page about a matter, locked."""
    return (
        PageCall.objects.select_for_update(of=("self",))
        .select_related("role")
        .filter(subject_kind=subject_kind, subject_id=subject_id, state__in=OPEN_PAGES)
        .first()
    )


def _take_step(called: PageCall, step: str, why: str, at: dt.datetime) -> None:
    subject = {"subject_kind": called.subject_kind, "subject_id": called.subject_id}
    if PageStep.objects.filter(**subject, step=step).exists():
        raise _KnownStep
    PageStep.objects.create(page=called, **subject, step=step, why=why, at=at)
