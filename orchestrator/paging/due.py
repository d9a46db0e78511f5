"""What happens when a page's time is up: call the next, remind, or begin again."""

import datetime as dt
from collections.abc import Sequence

from orchestrator.paging import telling, ticking
from orchestrator.paging.calling import call_next
from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.paging.states import OPEN_PAGES, PageState, TurnState
from orchestrator.timers.models import Timer

# So often is somebody who took a matter reminded before others are called as well.
REMINDERS = 2
# Everybody is called so many times over; then the page stays red until somebody looks.
MOST_ROUNDS = 3
# The rows of so many pages are locked at once: people answer meanwhile, and should not wait.
BATCH = 50


def unacknowledged(timers: Sequence[Timer], at: dt.datetime) -> None:
    """Call the next person wherever the one who was called has not answered in time."""
    pages = _open_pages(timers)
    for timer in timers:
        page = pages.get(timer.subject)
        if page is not None and _is_calling(page, int(timer.step)):
            call_next(page, why=_latest_why(page), at=at)


def reminder(timers: Sequence[Timer], at: dt.datetime) -> None:
    """Remind those who took a matter that still waits; begin again where nobody was left."""
    pages = _open_pages(timers)
    for timer in timers:
        page = pages.get(timer.subject)
        if page is None:
            continue
        if "round" in timer.detail:
            _begin_round(page, int(timer.detail["round"]), at)
        else:
            _remind(page, int(timer.detail["turn"]), int(timer.detail["reminders"]), at)


def _remind(page: PageCall, number: int, reminders: int, at: dt.datetime) -> None:
    turns = page.turns.select_related("person").filter(state=TurnState.ACKNOWLEDGED)
    turn = turns.filter(number=number, reminders=reminders).first()
    if turn is None:
        return
    turn.amend(reminders=turn.reminders + 1)
    if turn.reminders <= REMINDERS or not _call_too(page, turn, at):
        telling.remind(page, turn, at=at)
    ticking.await_end(turn, at=at)


def _call_too(page: PageCall, holder: PageTurn, at: dt.datetime) -> bool:
    """Call the next person beside the one who took it; say whether anybody is called beside."""
    if page.turns.filter(state=TurnState.CALLING).exists():
        return True
    why = f"{holder.person.display_name} took it, and it still waits"
    if call_next(page, why=why, at=at) is None:
        return False
    telling.tell_called_too(page, holder, at=at)
    return True


def _begin_round(page: PageCall, number: int, at: dt.datetime) -> None:
    if page.state != PageState.EXHAUSTED or page.round != number or number >= MOST_ROUNDS:
        return
    page.amend(round=number + 1)
    call_next(page, why=f"{_latest_why(page).rstrip('.')}; nobody answered so far", at=at)


def _open_pages(timers: Sequence[Timer]) -> dict[str, PageCall]:
    """Return the pages that are still open, locked in one order."""
    rows = (
        PageCall.objects.select_for_update(of=("self",))
        .select_related("role")
        .filter(pk__in=[timer.subject for timer in timers], state__in=OPEN_PAGES)
        .order_by("pk")
    )
    return {page.pk: page for page in rows}


def _is_calling(page: PageCall, number: int) -> bool:
    return page.turns.filter(number=number, state=TurnState.CALLING).exists()


def _latest_why(page: PageCall) -> str:
    """Return the latest reason for calling somebody; what was handed on is told anew."""
    step = page.steps.last()
    return step.why if step else page.why
