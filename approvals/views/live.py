"""What open pages ask when they were told that something changed: small answers, no lists."""

import datetime as dt

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals.desk import desk_of
from approvals.forms import FilterForm
from approvals.inbox import Tab
from approvals.looking_again import MOST_SHOWN, OnScreen, look_at_inbox, look_at_proposal
from orchestrator.kernel.clock import now
from orchestrator.web.request import Request


@never_cache
@require_safe
def inbox(request: Request) -> JsonResponse:
    """Say which of the rows on the screen still wait, and how many have come."""
    at, form = now(), FilterForm(request.GET)
    screen = OnScreen(
        tab=form.given().get("tab", Tab.MINE),
        filters=form.filters(),
        shown=_ids(request, "shown"),
        named=_ids(request, "named"),
        since=_moment(request.GET.get("since", "")),
    )
    return JsonResponse(look_at_inbox(desk=desk_of(request.user, at=at), screen=screen, at=at))


@never_cache
@require_safe
def proposal(request: Request, proposal_id: str) -> JsonResponse:
    """Say where the proposal on the screen stands, and who else looks at it."""
    revision = request.GET.get("revision", "")
    return JsonResponse(
        look_at_proposal(
            proposal_id=proposal_id,
            person=request.user,
            revision=int(revision) if revision.isdecimal() else 0,
            at=now(),
        )
    )


def _ids(request: Request, name: str) -> list[str]:
    given = request.GET.get(name, "").replace("\x00", "").split(",")
    return list(dict.fromkeys(each for each in given if each))[:MOST_SHOWN]


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
