"""What the pages of calendars show."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from orchestrator.calendars.forms import CalendarForm, NewCalendarForm, SpecialDayForm
from orchestrator.calendars.hours import WorkingHours
from orchestrator.calendars.models import Calendar, SpecialDay
from orchestrator.calendars.permissions import Staff, may_change_calendars
from orchestrator.calendars.public_holidays import holidays_in, regions
from orchestrator.calendars.queries import working_hours
from orchestrator.calendars.spans import WEEKDAYS, Day, Span, day_text
from orchestrator.calendars.wall_clock import local_date, zones
from orchestrator.web.time_left import span

MOST_HOLIDAYS = 16
# A special day is of interest a little longer than it lasts.
JUST_OVER = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Row:
    """One calendar of the list, and whether its people work now."""

    calendar: Calendar
    is_open: bool
    next_open: dt.datetime | None
    week: str


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday to come, and what a special day makes of it."""

    day: dt.date
    weekday: str
    name: str
    worked: str


@dataclass(frozen=True, slots=True)
class Special:
    """A special day, and how long it is open."""

    row: SpecialDay
    weekday: str
    hours: str


def calendars(
    person: Staff, *, at: dt.datetime, form: NewCalendarForm | None = None
) -> dict[str, Any]:
    """Return every calendar, and the form for a new one."""
    known = Calendar.objects.prefetch_related("special_days")
    return {
        "rows": [_row(each, at) for each in known],
        "may_change": may_change_calendars(person),
        "form": form or NewCalendarForm(auto_id="calendar_%s"),
        **_choices(),
    }


def calendar_of(
    calendar: Calendar,
    person: Staff,
    *,
    at: dt.datetime,
    form: CalendarForm | None = None,
    special_form: SpecialDayForm | None = None,
) -> dict[str, Any]:
    """Return one calendar: the week, holidays to come, special days, and its forms."""
    special_days = list(calendar.special_days.all())
    hours = working_hours(calendar, special_days)
    today = local_date(at, calendar.zone)
    return {
        "calendar": calendar,
        "row": _row(calendar, at, hours),
        "week": [(name, day_text(day)) for name, day in zip(WEEKDAYS, hours.week, strict=True)],
        "usual_day": span(hours.usual_day),
        "holidays": _holidays(hours, today),
        "special_days": [
            Special(each, WEEKDAYS[each.day.weekday()], day_text(_spans(each)))
            for each in special_days
            if each.day >= today - JUST_OVER
        ],
        "may_change": may_change_calendars(person),
        "form": form or CalendarForm(calendar=calendar, auto_id="calendar_%s"),
        "special_form": special_form or SpecialDayForm(auto_id="special_%s"),
        **_choices(),
    }


def _row(calendar: Calendar, at: dt.datetime, known: WorkingHours | None = None) -> Row:
    hours = known or working_hours(calendar, calendar.special_days.all())
    is_open = hours.is_open(at)
    return Row(calendar, is_open, None if is_open else hours.next_open(at), _in_short(hours))


def _in_short(hours: WorkingHours) -> str:
    """Return the week in a few words, days with the same hours together."""
    parts: list[tuple[str, str, Day]] = []
    for name, day in zip(WEEKDAYS, hours.week, strict=True):
        if parts and parts[-1][2] == day:
            parts[-1] = (parts[-1][0], name[:3], day)
        else:
            parts.append((name[:3], name[:3], day))
    return "; ".join(
        f"{first if first == last else f'{first} to {last}'} {day_text(day)}"
        for first, last, day in parts
        if day
    )


def _holidays(hours: WorkingHours, today: dt.date) -> list[Holiday]:
    known = {**holidays_in(hours.region, today.year), **holidays_in(hours.region, today.year + 1)}
    coming = sorted((day, name) for day, name in known.items() if day >= today)
    return [
        Holiday(day, WEEKDAYS[day.weekday()], name, day_text(hours.spans_on(day)))
        for day, name in coming[:MOST_HOLIDAYS]
    ]


def _spans(special: SpecialDay) -> Day:
    return tuple(Span(*span) for span in special.spans)


def _choices() -> dict[str, Any]:
    names = [name for region, parts in regions() for name in (region, *parts.split())]
    return {"zones": zones(), "regions": names}
