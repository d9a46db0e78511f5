"""Answering a page: I have it, or somebody else should."""

import datetime as dt

from django.db import transaction

from orchestrator.kernel.errors import DomainError, NotAllowed
from orchestrator.paging import permissions, telling, ticking
from orchestrator.paging.calling import call, record
from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.paging.states import LIVE_TURNS, PageState, TurnState
from orchestrator.people.models import User

LONGEST_WORDS = 500


class PageOver(DomainError):
    """The matter is settled: there is nothing to answer any more."""

    code, status, title = "page_over", 409, "It is settled already"


class AlreadyAnswered(DomainError):
    """Somebody else was faster."""

    code, status, title = "already_answered", 409, "Somebody has it already"


class NobodyToHandTo(DomainError):
    """The person may not be called about this matter."""

    code, status, title = "nobody_to_hand_to", 422, "This person cannot take it"


@transaction.atomic
def acknowledge(*, page: PageCall, person: User, at: dt.datetime) -> PageTurn:
    """
    Take the matter: the calling ends, and reminders begin.

    Whoever was called after the matter was taken takes it over by the same answer.

    :raises PageOver: if it is settled
    :raises NotAllowed: if the person is not among those who may be called about it
    :raises AlreadyAnswered: if somebody has it, and this person was not called since
    """
    locked = _locked(page, person, at)
    holder = _turn(locked, TurnState.ACKNOWLEDGED)
    calling = _turn(locked, TurnState.CALLING)
    if holder is not None:
        _check_takes_over(holder, calling, person)
        holder.move(TurnState.RELIEVED, ended_at=at)
    turn = _own_turn(locked, calling, person, at)
    if calling is not None and calling.person_id != person.pk:
        calling.move(TurnState.RELIEVED, ended_at=at)
    turn.move(TurnState.ACKNOWLEDGED, acknowledged_at=at, ended_at=None)
    _mark_taken(locked, at)
    ticking.stop([locked], at=at)
    ticking.await_end(turn, at=at)
    telling.tell_taken(locked, turn, others=[holder, calling], at=at)
    seconds = round((at - turn.called_at).total_seconds())
    record(locked, "page.acknowledged", by=person.actor, at=at, seconds=seconds)
    return turn


@transaction.atomic
def hand_on(*, page: PageCall, to: User, by: User, words: str, at: dt.datetime) -> PageTurn:
    """
    Hand the matter to somebody else, who is called at once.

    :raises PageOver: if it is settled
    :raises NotAllowed: if the person who hands on is not among those who may be called about it
    :raises NobodyToHandTo: if the other is barred, has left, or has it already
    """
    locked = _locked(page, by, at)
    live = list(locked.turns.select_related("person").filter(state__in=LIVE_TURNS))
    _check_may_take(locked, to, live, at)
    for turn in live:
        mine = turn.person_id == by.pk
        turn.move(TurnState.HANDED_ON if mine else _let_go(turn), ended_at=at)
    if locked.state == PageState.ACKNOWLEDGED:
        locked.move(PageState.CALLED)
    ticking.stop([locked], at=at)
    record(
        locked, "page.handed_on", by=by.actor, at=at, to=to.display_name, text=words[:LONGEST_WORDS]
    )
    why = f"{by.display_name} hands it to you" + (f": {words[:LONGEST_WORDS]}" if words else ".")
    telling.tell_handed_on(locked, live, to=to, by=by, at=at)
    return call(locked, to, why=why, by=by.actor, at=at, handed_by=by)


def _locked(page: PageCall, person: User, at: dt.datetime) -> PageCall:
    rows = PageCall.objects.select_for_update(of=("self",)).select_related("role")
    locked = rows.get(pk=page.pk)
    if not permissions.may_answer(person, locked, at=at):
        raise NotAllowed("Only those who may be called about this can answer it.")
    if not locked.is_open:
        raise PageOver(locked.words or "It is settled; nothing is left to do.")
    return locked


def _turn(page: PageCall, state: TurnState) -> PageTurn | None:
    return page.turns.select_related("person").filter(state=state).first()


def _check_takes_over(holder: PageTurn, calling: PageTurn | None, person: User) -> None:
    if holder.person_id == person.pk:
        raise AlreadyAnswered("You have it already.")
    if calling is None or calling.person_id != person.pk:
        raise AlreadyAnswered(f"{holder.person.display_name} has it.")


def _own_turn(page: PageCall, calling: PageTurn | None, person: User, at: dt.datetime) -> PageTurn:
    """Return the turn by which the person answers: theirs, a late one, or one for a volunteer."""
    if calling is not None and calling.person_id == person.pk:
        return calling
    late = page.turns.filter(person=person, state=TurnState.UNANSWERED).order_by("-number").first()
    if late is not None:
        return late
    return PageTurn.objects.create(
        page=page,
        number=page.turns.count() + 1,
        round=page.round,
        person=person,
        state=TurnState.UNANSWERED,
        why="Took it without being called.",
        called_at=at,
        ended_at=at,
    )


def _mark_taken(page: PageCall, at: dt.datetime) -> None:
    taken = {"acknowledged_at": at, "exhausted_at": None}
    if page.state == PageState.ACKNOWLEDGED:
        page.amend(**taken)
    else:
        page.move(PageState.ACKNOWLEDGED, **taken)


def _check_may_take(page: PageCall, to: User, live: list[PageTurn], at: dt.datetime) -> None:
    if any(turn.person_id == to.pk for turn in live):
        raise NobodyToHandTo(f"{to.display_name} is called or has it already.")
    if not permissions.may_take(to, page, at=at):
        raise NobodyToHandTo(f"{to.display_name} may not be called about this.")


def _let_go(turn: PageTurn) -> TurnState:
    calling = turn.state == TurnState.CALLING
    return TurnState.UNANSWERED if calling else TurnState.RELIEVED
