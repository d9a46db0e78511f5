"""Pages: is somebody being called, or has somebody answered?"""

import datetime as dt

from django.db.models import Exists, OuterRef

from orchestrator.assurance.checks.irregular import Irregularity
from orchestrator.paging import resuming, ticking
from orchestrator.paging.models import PageCall
from orchestrator.paging.states import OPEN_PAGES, PageState
from orchestrator.timers.models import Timer
from orchestrator.timers.states import TimerState

MOST = 100


def unanswered(at: dt.datetime) -> list[Irregularity]:
    """Return the pages for which everybody was called in vain."""
    rows = PageCall.objects.filter(state=PageState.EXHAUSTED, opened_at__lte=at)
    return [
        Irregularity(
            "page",
            page.pk,
            "Everybody who could act was called, and nobody answered.",
            f"/pages/{page.pk}/",
        )
        for page in rows.order_by("opened_at", "pk")[:MOST]
    ]


def without_a_clock(at: dt.datetime) -> list[Irregularity]:
    """Return the open pages that no timer will look at again."""
    clocks = Timer.objects.filter(
        kind__in=(ticking.UNACKNOWLEDGED, ticking.REMINDER),
        subject=OuterRef("pk"),
        state__in=(TimerState.OPEN, TimerState.STUCK),
    )
    rows = PageCall.objects.filter(state__in=OPEN_PAGES, opened_at__lte=at)
    lost = rows.exclude(state=PageState.EXHAUSTED).exclude(Exists(clocks))
    return [
        Irregularity(
            "page", page.pk, "Nobody will be called or reminded any more.", f"/pages/{page.pk}/"
        )
        for page in lost.order_by("opened_at", "pk")[:MOST]
    ]


def wind_up(page_id: str, at: dt.datetime) -> bool:
    """Go on with a page that lost its clock."""
    return resuming.resume(page_id, at=at)
