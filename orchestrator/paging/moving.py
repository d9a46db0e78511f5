"""An open page goes with its matter, and moves on when whoever has it cannot act any more."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from orchestrator.kernel.actors import Actor
from orchestrator.oncall import queries as oncall
from orchestrator.paging import telling, ticking
from orchestrator.paging.calling import call, call_next
from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.paging.paging import open_page
from orchestrator.paging.states import LIVE_TURNS, OPEN_PAGES, PageState, TurnState
from orchestrator.people.models import Absence, Role, User
from orchestrator.people.queries import away

GONE = "whoever had it is not there any more"
BATCH = 50


@transaction.atomic
def redirect(
    *,
    subject_kind: str,
    subject_id: str,
    role: Role,
    person: User | None = None,
    words: str,
    by: Actor,
    at: dt.datetime,
) -> bool:
    """
    Let the open page about a matter follow it to a role, or to one person; say whether it moved.

    Whoever is called or has it, and is among those whose matter it is now, keeps it.
    """
    page = open_page(subject_kind, subject_id)
    if page is None:
        return False
    page.amend(role=role)
    theirs = [person] if person is not None else oncall.order(role=role, at=at)
    live = _live(page)
    if any(turn.person in theirs for turn in live):
        return False
    _let_go(page, live, at)
    telling.tell_moved(page, live, f"{words} You need not do anything.", at=at)
    if person is not None and _can_be_called(page, person, at):
        call(page, person, why=words, by=by, at=at)
    else:
        call_next(page, why=words, at=at)
    return True


def move_on(*, at: dt.datetime) -> int:
    """Call the next person wherever the one whose matter it is has left or gone away."""
    ids = _lost(at).order_by("page").values_list("page", flat=True).distinct()
    return sum(_move_on(page_id, at) for page_id in list(ids[:BATCH]))


@transaction.atomic
def _move_on(page_id: str, at: dt.datetime) -> bool:
    rows = PageCall.objects.select_for_update(of=("self",), skip_locked=True)
    page = rows.select_related("role").filter(pk=page_id, state__in=OPEN_PAGES).first()
    lost = list(_lost(at).select_related("person").filter(page=page)) if page else []
    if page is None or not lost:
        return False
    for turn in lost:
        turn.move(_came_of(turn), ended_at=at)
    telling.tell_moved(page, lost, "You are away, so somebody else is called.", at=at)
    left = {turn.state for turn in _live(page)}
    if page.state == PageState.ACKNOWLEDGED and TurnState.ACKNOWLEDGED not in left:
        page.move(PageState.CALLED)
    if not left:
        ticking.stop([page], at=at)
        call_next(page, why=f"{page.why.rstrip('.')}; {GONE}", at=at)
    return True


def _lost(at: dt.datetime) -> QuerySet[PageTurn]:
    """Return the turns of who has left or gone away since; an answer from afar still counts."""
    rows = PageTurn.objects.filter(state__in=LIVE_TURNS, page__state__in=OPEN_PAGES)
    since = Absence.objects.filter(
        person=OuterRef("person"),
        cancelled_at=None,
        starts_at__lte=at,
        ends_at__gt=at,
        starts_at__gte=OuterRef("taken_at"),
    )
    taken = rows.annotate(taken_at=Coalesce("acknowledged_at", "called_at"))
    return taken.filter(Q(person__is_active=False) | Exists(since))


def _live(page: PageCall) -> list[PageTurn]:
    return list(page.turns.select_related("person").filter(state__in=LIVE_TURNS))


def _let_go(page: PageCall, turns: Sequence[PageTurn], at: dt.datetime) -> None:
    for turn in turns:
        turn.move(TurnState.RELIEVED, ended_at=at)
    ticking.stop([page], at=at)
    if page.state == PageState.ACKNOWLEDGED:
        page.move(PageState.CALLED)


def _can_be_called(page: PageCall, person: User, at: dt.datetime) -> bool:
    here = person.is_active and person.pk not in away(at=at)
    return here and person.username not in page.barred


def _came_of(turn: PageTurn) -> TurnState:
    calling = turn.state == TurnState.CALLING
    return TurnState.UNANSWERED if calling else TurnState.RELIEVED
