"""The inbox: what waits, for whom, until when."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals import inbox
from approvals.choices import filter_choices
from approvals.desk import desk_of
from approvals.forms import FilterForm
from approvals.inbox import Tab
from approvals.lines import lines
from approvals.states import Risk
from orchestrator.kernel.clock import now
from orchestrator.people.models import User
from orchestrator.web import nav
from orchestrator.web.request import Request

TITLES = {Tab.MINE: "Mine", Tab.TEAM: "Team", Tab.ALL: "All I may see", Tab.DECIDED: "Decided"}


@never_cache
@require_safe
def show_inbox(request: Request) -> HttpResponse:
    """Show one page of a tab, most urgent first, with the figures on top."""
    at = now()
    form, desk = FilterForm(request.GET), desk_of(request.user, at=at)
    given = form.given()
    tab, after = given.pop("tab", Tab.MINE), given.pop("after", "")
    page = inbox.page(desk=desk, tab=tab, filters=form.filters(), after=after)
    counts = inbox.counts(desk=desk, at=at)
    nav.add(request, inbox_count=counts.mine)
    today = _midnight(request.user, at)
    context = {
        "at": at,
        "tab": tab,
        "tabs": _tabs(tab, counts, given),
        "given": {"workflow": "", "agent": "", "risk": "", "text": "", **given},
        "filtered": bool(given),
        "choices": filter_choices(workflows=desk.workflows),
        "risks": Risk.values(),
        "counts": counts,
        "decided_today": inbox.decided_since(person=request.user, since=today),
        "desk": desk,
        "lines": lines(page.rows),
        # What is decided alone, or by others, is not chosen here.
        "choosing": tab in (Tab.MINE, Tab.TEAM) and len(page.rows) > 1,
        "first_href": _href(tab, given) if after else "",
        "next_href": _href(tab, given, after=page.after) if page.after else "",
        "clear_href": _href(tab, {}),
    }
    return TemplateResponse(request, "approvals/inbox.html", context)


@never_cache
@require_safe
def show_next(request: Request) -> HttpResponse:
    """Go to what the person should decide next; back to the inbox when there is nothing."""
    after = request.GET.get("after", "")
    page = inbox.page(desk=desk_of(request.user, at=now()), tab=Tab.MINE, after=after, size=1)
    if page.rows:
        return redirect(f"/proposals/{page.rows[0].proposal.pk}/?next=1")
    messages.info(request, "You are through: nothing else waits for you.")
    return redirect("approvals:show-inbox")


def _tabs(tab: str, counts: inbox.Counts, given: dict[str, Any]) -> list[dict[str, Any]]:
    numbers = {Tab.MINE: counts.mine, Tab.TEAM: counts.team, Tab.ALL: counts.everything}
    return [
        {
            "title": title,
            "href": _href(name, given),
            "current": name == tab,
            "count": numbers.get(name),
        }
        for name, title in TITLES.items()
    ]


def _href(tab: str, given: dict[str, Any], **more: str) -> str:
    query = {**({} if tab == Tab.MINE else {"tab": str(tab)}), **given, **more}
    return f"?{urlencode(query)}" if query else "/"


def _midnight(person: User, at: dt.datetime) -> dt.datetime:
    """Return when the person's own day began."""
    try:
        zone = ZoneInfo(person.time_zone)
    except (KeyError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
