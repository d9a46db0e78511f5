"""What open pages ask when they were told that something changed: small answers, no lists."""

import datetime as dt

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals.choices import filter_choices
from approvals.desk import desk_of
from approvals.filter_form import FilterForm, filters_of
from approvals.inbox import Tab
from approvals.looking_again import MOST_SHOWN, OnScreen, look_at_inbox, look_at_proposal
from orchestrator.kernel.clock import now
from orchestrator.web.request import Request

# What is due "today" is close enough for a number.
A_DAY = dt.timedelta(days=1)
# No revision has a longer number, and no page was made before computers counted time.
DIGITS, FIRST_YEAR = 9, 1970


@never_cache
@require_safe
def inbox(request: Request) -> JsonResponse:
    """Say which of the rows on the screen still wait, and how many have come."""
    at = now()
    desk, given = desk_of(request.user, at=at), FilterForm(request.GET).given()
    choices = filter_choices(person=desk.person, workflows=desk.workflows)
    screen = OnScreen(
        tab=given.get("tab", Tab.MINE),
        filters=filters_of(given, choices=choices, at=at, tomorrow=at + A_DAY),
        shown=_ids(request, "shown"),
        named=_ids(request, "named"),
        since=_moment(request.GET.get("since", "")),
    )
    return JsonResponse(look_at_inbox(desk=desk, screen=screen, at=at))


@never_cache
@require_safe
def proposal(request: Request, proposal_id: str) -> JsonResponse:
    """Say where the proposal on the screen stands, and who else looks at it."""
    revision = request.GET.get("revision", "")
    return JsonResponse(
        look_at_proposal(
            proposal_id=proposal_id,
            person=request.user,
            revision=int(revision) if revision.isdecimal() and len(revision) <= DIGITS else 0,
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
    return moment if moment.tzinfo and moment.year > FIRST_YEAR else None
