"""Pages of calendars: the list, one calendar, and what staff change there."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.calendars import operations, pages
from orchestrator.calendars.forms import CalendarForm, NewCalendarForm, SpecialDayForm
from orchestrator.calendars.permissions import check_may_change_calendars
from orchestrator.calendars.queries import calendar_named
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.web.request import Request


@require_safe
def index(request: Request) -> HttpResponse:
    """List the calendars, and whether people work by them now."""
    context = pages.calendars(request.user, at=clock.now())
    return render(request, "calendars/index.html", context)


@require_safe
def show(request: Request, slug: str) -> HttpResponse:
    """Show a calendar's week, holidays and special days."""
    context = pages.calendar_of(calendar_named(slug), request.user, at=clock.now())
    return render(request, "calendars/calendar.html", context)


@require_POST
def create(request: Request) -> HttpResponse:
    """Make a calendar."""
    check_may_change_calendars(request.user)
    at, form = clock.now(), NewCalendarForm(request.POST, auto_id="calendar_%s")

    def make() -> str:
        calendar = operations.create_calendar(
            slug=form.cleaned_data["slug"], **form.described, by=request.user.actor, at=at
        )
        return f"{calendar.title} is there; give it to roles and workflows."

    if done := _done(form, make):
        messages.success(request, done)
        return redirect("calendars:show-calendar", slug=form.cleaned_data["slug"])
    context = pages.calendars(request.user, at=at, form=form)
    return render(request, "calendars/index.html", context, status=422)


@require_POST
def change(request: Request, slug: str) -> HttpResponse:
    """Change when a calendar is open."""
    check_may_change_calendars(request.user)
    calendar, at = calendar_named(slug), clock.now()
    form = CalendarForm(request.POST, calendar=calendar, auto_id="calendar_%s")

    def save() -> str:
        described = form.described
        changed = operations.change_calendar(
            calendar=calendar, **described, by=request.user.actor, at=at
        )
        return "It counts for what opens from now on." if changed else "Nothing was different."

    if done := _done(form, save):
        messages.success(request, done)
        return redirect("calendars:show-calendar", slug=slug)
    context = pages.calendar_of(calendar, request.user, at=at, form=form)
    return render(request, "calendars/calendar.html", context, status=422)


@require_POST
def set_special_day(request: Request, slug: str) -> HttpResponse:
    """Say that a day is closed, or open at other hours."""
    check_may_change_calendars(request.user)
    calendar, at = calendar_named(slug), clock.now()
    form = SpecialDayForm(request.POST, auto_id="special_%s")

    def save() -> str:
        day = operations.set_special_day(
            calendar=calendar, **form.described, by=request.user.actor, at=at
        )
        return f"{day.day:%d %b %Y} is special now: {day.note}."

    if done := _done(form, save):
        messages.success(request, done)
        return redirect("calendars:show-calendar", slug=slug)
    context = pages.calendar_of(calendar, request.user, at=at, special_form=form)
    return render(request, "calendars/calendar.html", context, status=422)


@require_POST
def remove_special_day(request: Request, slug: str) -> HttpResponse:
    """Let a day be as its weekday again."""
    check_may_change_calendars(request.user)
    calendar, form = calendar_named(slug), SpecialDayForm(request.POST)
    form.fields.pop("note")
    if not form.is_valid():
        messages.error(request, "Nothing was taken away: name the day.")
        return redirect("calendars:show-calendar", slug=slug)
    day = form.cleaned_data["day"]
    operations.remove_special_day(calendar=calendar, day=day, by=request.user.actor, at=clock.now())
    messages.success(request, f"{day:%d %b %Y} is as its weekday again.")
    return redirect("calendars:show-calendar", slug=slug)


def _done(form: Form, act: Callable[[], str]) -> str:
    """Return what was done in words; nothing if the form or the operation refuses it."""
    if not form.is_valid():
        return ""
    try:
        return act()
    except DomainError as refusal:
        form.add_error(None, refusal.detail)
        return ""
