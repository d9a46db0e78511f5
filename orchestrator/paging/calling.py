"""Calling the next person about an open page; the caller holds the lock of its row."""

import datetime as dt

from django.db.models import Max

from audit import ledger
from orchestrator.kernel import faultpoints
from orchestrator.kernel.actors import Actor, system
from orchestrator.paging import telling, ticking, whom
from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.paging.states import PageState, TurnState
from orchestrator.paging.subjects import PROPOSAL, TROUBLE
from orchestrator.people.models import User

PAGING = system("paging")


def call_next(page: PageCall, *, why: str, at: dt.datetime) -> PageTurn | None:
    """Give up on whoever did not answer and call the next person; nobody left is recorded."""
    _give_up(page, at)
    faultpoints.reach("page.given_up")
    person = whom.next_person(page, at=at)
    if person is None:
        exhaust(page, at=at)
        return None
    return call(page, person, why=why, by=PAGING, at=at)


def call(
    page: PageCall,
    person: User,
    *,
    why: str,
    by: Actor,
    at: dt.datetime,
    handed_by: User | None = None,
) -> PageTurn:
    """Call this person: a turn, its clock, the message and the ledger, in one transaction."""
    if page.state == PageState.EXHAUSTED:
        page.move(PageState.CALLED)
    turn = PageTurn.objects.create(
        page=page,
        number=(page.turns.aggregate(last=Max("number"))["last"] or 0) + 1,
        round=page.round,
        person=person,
        why=why,
        called_at=at,
        handed_by=handed_by,
    )
    ticking.await_answer(turn)
    telling.tell_called(page, turn, at=at)
    faultpoints.reach("page.told")
    record(page, "page.called", by=by, at=at, person=person.display_name, why=why)
    return turn


def exhaust(page: PageCall, *, at: dt.datetime) -> None:
    """Record that nobody is left in this round; who has taken the matter keeps it."""
    if page.state == PageState.ACKNOWLEDGED and page.exhausted_at is not None:
        return
    if page.state == PageState.CALLED:
        page.move(PageState.EXHAUSTED, exhausted_at=at)
    else:
        page.amend(exhausted_at=page.exhausted_at or at)
    if page.state == PageState.EXHAUSTED:
        ticking.await_round(page, at=at)
    record(page, "page.exhausted", by=PAGING, at=at, round=page.round, why=page.why)


def record(page: PageCall, event: str, *, by: Actor, at: dt.datetime, **detail: object) -> None:
    """Write one entry about the page."""
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="page",
        subject_id=page.pk,
        proposal_id=page.subject_id if page.subject_kind in (PROPOSAL, TROUBLE) else "",
        workflow=page.workflow,
        detail={"about": page.subject_kind, "subject": page.subject_id, **detail},
    )


def _give_up(page: PageCall, at: dt.datetime) -> None:
    turn = page.turns.select_related("person").filter(state=TurnState.CALLING).first()
    if turn is not None:
        turn.move(TurnState.UNANSWERED, ended_at=at)
        telling.tell_passed_over(page, turn, at=at)
