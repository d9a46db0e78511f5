"""The page of one schedule, and what people do there."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.oncall import editing, feeds, overriding, swapping
from orchestrator.oncall.availability import members_of
from orchestrator.oncall.calendar_reading import decoded
from orchestrator.oncall.forms import FeedForm, OverrideForm, ScheduleForm, SwapForm
from orchestrator.oncall.models import Override, Schedule, Swap
from orchestrator.oncall.permissions import check_may_edit
from orchestrator.oncall.schedule_page import coming_shifts, schedule_page
from orchestrator.people.models import User
from orchestrator.web.request import Request

ANSWERS = {
    "accept": (swapping.accept, "The shifts are swapped."),
    "decline": (swapping.decline, "You declined; both keep their shifts."),
    "withdraw": (swapping.withdraw, "You no longer ask."),
}


@require_safe
def show(request: Request, slug: str) -> HttpResponse:
    """Show four weeks of a schedule."""
    return _page(request, _schedule(slug))


@require_POST
def change_schedule(request: Request, slug: str) -> HttpResponse:
    """Rename a schedule, or move it to another zone."""
    check_may_edit(request.user)
    schedule, form = _schedule(slug), ScheduleForm(request.POST)
    if not form.is_valid():
        return _page(request, schedule, schedule_form=form)
    editing.change_schedule(schedule=schedule, **form.cleaned_data, by=request.user, at=clock.now())
    messages.success(request, "The schedule is changed.")
    return redirect("oncall:show-schedule", slug)


@require_POST
def make_override(request: Request, slug: str) -> HttpResponse:
    """Put somebody on call instead."""
    schedule, at = _schedule(slug), clock.now()
    group = schedule.role.group_id
    people = list(User.objects.filter(pk__in=members_of([group]).get(group, set())))
    zone = ZoneInfo(schedule.time_zone)
    form = OverrideForm(request.POST, people=people, by=request.user, zone=zone, at=at)
    if form.is_valid():
        try:
            made = overriding.override(
                schedule=schedule, **form.cleaned_data, by=request.user, at=at
            )
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, f"{made.person.display_name} is on call instead.")
            return redirect("oncall:show-schedule", slug)
    return _page(request, schedule, override_form=form)


@require_POST
def withdraw_override(request: Request, slug: str, number: int) -> HttpResponse:
    """Take an override back."""
    rows = Override.objects.select_related("schedule__role", "person")
    row = get_object_or_404(rows, pk=number, schedule__role__slug=slug)
    overriding.withdraw(override=row, by=request.user, at=clock.now())
    messages.success(request, "The override is taken back.")
    return redirect("oncall:show-schedule", slug)


@require_POST
def ask_swap(request: Request, slug: str) -> HttpResponse:
    """Ask somebody to swap shifts."""
    schedule, at = _schedule(slug), clock.now()
    form = SwapForm(request.POST, shifts=coming_shifts(schedule, at), person=request.user)
    if form.is_valid():
        mine, theirs = form.cleaned_data["mine"], form.cleaned_data["theirs"]
        try:
            swapping.ask(
                schedule=schedule,
                gives=mine,
                takes=theirs,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=at,
            )
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            name = theirs.person.display_name
            messages.success(request, f"{name} is asked. Nothing changes until they accept.")
            return redirect("oncall:show-schedule", slug)
    return _page(request, schedule, swap_form=form)


@require_POST
def answer_swap(request: Request, slug: str, number: int) -> HttpResponse:
    """Accept, decline or withdraw a swap."""
    rows = Swap.objects.select_related("schedule__role", "asked_by", "asked_of")
    swap = get_object_or_404(rows, pk=number, schedule__role__slug=slug)
    move = ANSWERS.get(request.POST.get("move", ""))
    if move is None:
        messages.error(request, "Nothing was changed: choose an answer.")
    else:
        settle, words = move
        settle(swap=swap, by=request.user, at=clock.now())
        messages.success(request, words)
    return redirect("oncall:show-schedule", slug)


@require_POST
def connect_feed(request: Request, slug: str) -> HttpResponse:
    """Take a layer's shifts from a calendar."""
    check_may_edit(request.user)
    schedule, form = _schedule(slug), FeedForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data.pop("file")
        try:
            text = decoded(file)
            feeds.connect(
                schedule=schedule, text=text, **form.cleaned_data, by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, "The calendar is connected.")
            return redirect("oncall:show-schedule", slug)
    return _page(request, schedule, feed_form=form)


def _schedule(slug: str) -> Schedule:
    return get_object_or_404(Schedule.objects.select_related("role"), role__slug=slug)


def _page(request: Request, schedule: Schedule, **forms: Any) -> HttpResponse:
    context = schedule_page(schedule, request.user, at=clock.now(), first=_first(request), **forms)
    return render(request, "oncall/schedule.html", context, status=422 if forms else 200)


def _first(request: Request) -> dt.date | None:
    try:
        return parse_date(request.GET.get("from", ""))
    except ValueError:
        return None
