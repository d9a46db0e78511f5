"""When a duty comes round, by the clocks of a zone and the working days of a calendar. Pure."""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from orchestrator.calendars.hours import DEFAULT, NeverOpen, WorkingHours
from orchestrator.calendars.wall_clock import local_date, moment
from orchestrator.duties.states import Rhythm

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ENDINGS = {1: "st", 2: "nd", 3: "rd"}
# After years without a beat, the oldest periods are not counted one by one.
MOST_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often, on which day, and at which time on the clocks of which zone."""

    rhythm: str
    day: int
    time: dt.time
    zone: str = "UTC"

    @property
    def words(self) -> str:
        """Return the schedule as a person reads it."""
        time = f"{self.time:%H:%M} {self.zone}"
        if self.rhythm == Rhythm.WEEKLY:
            return f"every {WEEKDAYS[self.day]} at {time}"
        counted = " working day" if self.rhythm == Rhythm.MONTHLY_WORKING else ""
        which = f"the {_ordinal(self.day)}{counted}" if counted else f"day {self.day}"
        return f"on {which} of every month at {time}"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that the duty comes round: the period it stands for, and the moment."""

    period: str
    at: dt.datetime


def next_after(
    schedule: Schedule, after: dt.datetime, hours: WorkingHours = DEFAULT, *, not_in: str = ""
) -> Occurrence:
    """Return the first time it comes round after a moment, in another period than `not_in`."""
    found = (each for each in _from(schedule, after, hours) if each.period != not_in)
    return next(found)


def come_round(
    schedule: Schedule, first: dt.datetime, until: dt.datetime, hours: WorkingHours = DEFAULT
) -> list[Occurrence]:
    """Return every time it came round from `first` to `until`, both included; the latest last."""
    found = []
    for each in _from(schedule, first - dt.timedelta(seconds=1), hours):
        if each.at > until:
            break
        found.append(each)
    return found[-MOST_AT_ONCE:]


def due_after(opened_at: dt.datetime, working_days: int, hours: WorkingHours) -> dt.datetime:
    """Return when that many working days of the calendar have passed."""
    try:
        return hours.add(working_days * hours.usual_day, opened_at)
    except NeverOpen:
        # A calendar that never opens must not keep a duty from ever being due.
        return DEFAULT.add(working_days * DEFAULT.usual_day, opened_at)


def _from(schedule: Schedule, after: dt.datetime, hours: WorkingHours) -> Iterator[Occurrence]:
    occurrences = _weekly if schedule.rhythm == Rhythm.WEEKLY else _monthly
    return (each for each in occurrences(schedule, after, hours) if each.at > after)


def _weekly(schedule: Schedule, after: dt.datetime, _: WorkingHours) -> Iterator[Occurrence]:
    day = local_date(after, schedule.zone)
    day -= DAY * day.weekday()
    while True:
        year, week, _weekday = day.isocalendar()
        at = _at(schedule, day + DAY * schedule.day)
        yield Occurrence(f"{year}-W{week:02d}", at)
        day += WEEK


def _monthly(schedule: Schedule, after: dt.datetime, hours: WorkingHours) -> Iterator[Occurrence]:
    day = local_date(after, schedule.zone).replace(day=1)
    while True:
        last = day.replace(day=monthrange(day.year, day.month)[1])
        chosen = (
            _working_day(day, last, schedule.day, hours)
            if schedule.rhythm == Rhythm.MONTHLY_WORKING
            else day.replace(day=min(schedule.day, last.day))
        )
        yield Occurrence(f"{day:%Y-%m}", _at(schedule, chosen))
        day = last + DAY


def _working_day(first: dt.date, last: dt.date, number: int, hours: WorkingHours) -> dt.date:
    """Return the n-th day on which people work, or the last one the month has."""
    days = (first + DAY * offset for offset in range(last.day))
    found = list(islice((day for day in days if hours.spans_on(day)), number))
    return found[-1] if found else last


def _at(schedule: Schedule, day: dt.date) -> dt.datetime:
    return moment(day, schedule.time.hour * 60 + schedule.time.minute, schedule.zone)


def _ordinal(number: int) -> str:
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else ENDINGS.get(number % 10, 'th')}"
