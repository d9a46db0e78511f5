"""Working time: how much lies between two moments, and when an amount of it has passed. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from orchestrator.calendars.public_holidays import holidays_in
from orchestrator.calendars.spans import DAY_MINUTES, Day, Span, Week
from orchestrator.calendars.wall_clock import local_date, moment
from orchestrator.kernel.errors import DomainError

DAY = dt.timedelta(days=1)
NOTHING = dt.timedelta(0)
# Who is closed for longer than this never opens, as far as anybody waiting is concerned.
LONGEST_CLOSED = 400
# About fifty years: an amount of working time that reaches further is a mistake.
FURTHEST = 50 * 366
DAYS_KEPT = 4096
USUAL_WEEK: Week = (*(((Span(9 * 60, 17 * 60)),),) * 5, (), ())
Interval = tuple[dt.datetime, dt.datetime]


class NeverOpen(DomainError):
    """The calendar has no open hour for so long that nothing would ever be due."""

    code, status, title = "calendar_never_opens", 422, "The calendar never opens"


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """
    When people work: a week, the holidays of a region, and days that are otherwise.

    A span is the real time between two wall-clock moments in the zone: one that contains the hour
    that a clock skips in spring is an hour shorter, one that contains the hour it repeats in autumn
    an hour longer. What stands on the clock twice means the first time (fold 0), for opening and
    for closing alike, so spans that meet still meet; what the clock skips is when it jumps.
    """

    zone: str = "UTC"
    week: Week = USUAL_WEEK
    region: str = ""
    special: tuple[tuple[dt.date, Day], ...] = ()
    _special: Mapping[dt.date, Day] = field(init=False, repr=False, compare=False)
    _kept: dict[dt.date, tuple[Interval, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Index the special days."""
        object.__setattr__(self, "_special", dict(self.special))

    def add(self, length: dt.timedelta, start: dt.datetime) -> dt.datetime:
        """
        Return the first moment at which `length` of working time has passed since `start`, in UTC.

        An amount that ends with a working day ends when that day closes, not when the next opens.

        :raises NeverOpen: if it is never reached
        """
        start, left = start.astimezone(dt.UTC), length
        if left <= NOTHING:
            return start
        for opens, closes in self._open_from(start):
            begins = max(opens, start)
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        raise NeverOpen(f"{length} of working time are too much for one calendar.")

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return the working time from `start` to `end`; negative if `end` comes first."""
        start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
        if end < start:
            return -self.between(end, start)
        total = NOTHING
        day, last = local_date(start, self.zone), local_date(end, self.zone)
        # A clock that is set back over midnight shows the old date once more: one day further.
        while day <= last + DAY:
            for opens, closes in self._open_on(day):
                total += max(min(closes, end) - max(opens, start), NOTHING)
            day += DAY
        return total

    def is_open(self, at: dt.datetime) -> bool:
        """Say whether people work at this moment."""
        day = local_date(at, self.zone)
        around = (*self._open_on(day), *self._open_on(day + DAY))
        return any(opens <= at < closes for opens, closes in around)

    def next_open(self, at: dt.datetime) -> dt.datetime:
        """
        Return the first moment at or after this one at which people work, in UTC.

        :raises NeverOpen: if they do not work within 400 days
        """
        opens, _ = next(self._open_from(at))
        return max(opens, at.astimezone(dt.UTC))

    def spans_on(self, day: dt.date) -> Day:
        """Return the wall-clock spans of a day: special day, else holiday, else weekday."""
        if day in self._special:
            return self._special[day]
        if day in holidays_in(self.region, day.year):
            return ()
        return self.week[day.weekday()]

    @property
    def usual_day(self) -> dt.timedelta:
        """
        Return what a business day is: the average length of the weekdays that open at all.

        Rounded to the minute; holidays and special days do not change what a usual day is.
        """
        lengths = [sum(span.closes - span.opens for span in day) for day in self.week if day]
        minutes = round(sum(lengths) / len(lengths)) if lengths else DAY_MINUTES // 3
        return dt.timedelta(minutes=minutes)

    @property
    def usual_week(self) -> dt.timedelta:
        """Return what a business week is: all open hours of the week."""
        minutes = sum(span.closes - span.opens for day in self.week for span in day)
        return dt.timedelta(minutes=minutes) if minutes else 5 * self.usual_day

    def _open_from(self, start: dt.datetime) -> Iterator[Interval]:
        """Yield open intervals that end after `start`, and give up where there are none."""
        first = day = local_date(start, self.zone)
        last_open = day
        while (day - first).days < FURTHEST:
            for opens, closes in self._open_on(day):
                if closes > start:
                    last_open = day
                    yield opens, closes
            if (day - last_open).days > LONGEST_CLOSED:
                raise NeverOpen(
                    f"The calendar has no open hour for {LONGEST_CLOSED} days from {last_open}. "
                    "Give a day of its week hours, or take special days away."
                )
            day += DAY

    def _open_on(self, day: dt.date) -> tuple[Interval, ...]:
        """Return the open intervals of a local day in UTC."""
        kept = self._kept.get(day)
        if kept is None:
            kept = tuple(
                (opens, closes)
                for span in self.spans_on(day)
                if (opens := moment(day, span.opens, self.zone))
                < (closes := moment(day, span.closes, self.zone))
            )
            if len(self._kept) >= DAYS_KEPT:
                self._kept.clear()
            self._kept[day] = kept
        return kept


DEFAULT = WorkingHours()
