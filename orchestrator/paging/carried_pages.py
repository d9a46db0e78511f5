"""Open pages as duties that change hands when somebody leaves."""

import datetime as dt

from django.db import transaction

from orchestrator.paging import permissions, telling, whom
from orchestrator.paging.acknowledging import NobodyToHandTo
from orchestrator.paging.calling import call, exhaust, record
from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.paging.states import LIVE_TURNS, OPEN_PAGES, PageState, TurnState
from orchestrator.people.carried import Item
from orchestrator.people.models import User


class PageDuties:
    """Matters for which somebody is called, or which they have taken."""

    kind, title = "page", "Pages"

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return the open pages that are the person's."""
        turns = PageTurn.objects.filter(
            person=person, state__in=LIVE_TURNS, page__state__in=OPEN_PAGES
        )
        rows = turns.select_related("page__role").order_by("called_at", "pk")
        return [
            Item(kind=self.kind, key=row.page_id, title=_title(row), path=f"/pages/{row.page_id}/")
            for row in rows
        ]

    @transaction.atomic
    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """
        Call the other one in the person's place; who is called already is not called twice.

        :raises NobodyToHandTo: if the other one may not be called about it
        """
        page = _open_page(key)
        turn = _turn_of(person, page)
        if page is None or turn is None:
            return
        if not permissions.may_take(to, page, at=at):
            raise NobodyToHandTo(f"{to.display_name} may not be called about this.")
        _let_go(page, turn, TurnState.HANDED_ON, at)
        record(page, "page.handed_on", by=by.actor, at=at, to=to.display_name, text=reason.strip())
        if page.turns.filter(person=to, state__in=LIVE_TURNS).exists():
            return
        for other in page.turns.filter(state=TurnState.CALLING):
            other.move(TurnState.UNANSWERED, ended_at=at)
        telling.tell_handed_on(page, [turn], to=to, by=by, at=at)
        call(page, to, why=f"{by.display_name} hands it to you.", by=by.actor, at=at, handed_by=by)

    @transaction.atomic
    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """Call whoever comes next, unless somebody else is called or has it already."""
        page = _open_page(key)
        turn = _turn_of(person, page)
        if page is None or turn is None:
            return
        _let_go(page, turn, TurnState.RELIEVED, at)
        if page.turns.filter(state__in=LIVE_TURNS).exists():
            return
        called = set(page.turns.filter(round=page.round).values_list("person", flat=True))
        called.add(person.pk)
        following = next((each for each in whom.order(page, at=at) if each.pk not in called), None)
        if following is None:
            exhaust(page, at=at)
            return
        why = f"{person.display_name}, who was called, does not do it any more."
        call(page, following, why=why, by=by.actor, at=at)


def _title(turn: PageTurn) -> str:
    """Return what it is without the matter's title: whoever looks may have no right to it."""
    words = "Called about" if turn.state == TurnState.CALLING else "Has taken"
    kind = turn.page.subject_kind.replace("_", " ")
    return f"{words}: {kind}, for {turn.page.role.title}"


def _open_page(page_id: str) -> PageCall | None:
    """Return the page, locked; None if it was settled in the meantime."""
    rows = PageCall.objects.select_for_update(of=("self",)).select_related("role")
    return rows.filter(pk=page_id, state__in=OPEN_PAGES).first()


def _turn_of(person: User, page: PageCall | None) -> PageTurn | None:
    """Return the person's turn; None if it went with its matter, or to somebody else, before."""
    if page is None:
        return None
    turns = page.turns.select_related("person")
    return turns.filter(person=person, state__in=LIVE_TURNS).first()


def _let_go(page: PageCall, turn: PageTurn, to: TurnState, at: dt.datetime) -> None:
    """End the turn; the page is called again where nobody else has taken it."""
    held = turn.state == TurnState.ACKNOWLEDGED
    turn.move(to, ended_at=at)
    if held and page.state == PageState.ACKNOWLEDGED:
        page.move(PageState.CALLED)
