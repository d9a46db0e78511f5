"""Winding a page's clock again: what the auditor does with one that nobody looks at any more."""

import datetime as dt

from orchestrator.paging import ticking
from orchestrator.paging.calling import call_next
from orchestrator.paging.models import PageCall
from orchestrator.paging.states import OPEN_PAGES, PageState, TurnState

WHY = "It had been forgotten: nobody was called or reminded any more."


def resume(page_id: str, *, at: dt.datetime) -> bool:
    """
    Go on with an open page, in the caller's transaction; say whether there was one.

    Whoever took it is reminded later; where nobody has, the next person is called now.
    """
    page = (
        PageCall.objects.select_for_update(of=("self",))
        .select_related("role")
        .filter(pk=page_id, state__in=OPEN_PAGES)
        .first()
    )
    if page is None:
        return False
    holder = page.turns.filter(state=TurnState.ACKNOWLEDGED).order_by("-number").first()
    if page.state == PageState.ACKNOWLEDGED and holder is not None:
        ticking.await_end(holder, at=at)
    else:
        call_next(page, why=WHY, at=at)
    return True
