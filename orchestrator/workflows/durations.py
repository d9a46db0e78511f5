"""Durations as people write them: "4 business hours", "24 hours", "1 business day". Pure."""

import datetime as dt
import re
from dataclasses import dataclass

from orchestrator.calendars.hours import WorkingHours

TEXT = re.compile(r"([1-9]\d{0,4}) +(business )? *(minute|hour|day|week)s?")
MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}


class BadDuration(ValueError):
    """The text is not a duration."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time, by the clock or in working hours."""

    amount: int
    unit: str
    business: bool = False

    def __str__(self) -> str:
        """Return the duration as people write it."""
        business = "business " if self.business else ""
        return f"{self.amount} {business}{self.unit}{'s' * (self.amount != 1)}"


def parse_duration(text: str) -> Duration:
    """
    Return the duration that a text names.

    :raises BadDuration: if it names none
    """
    found = TEXT.fullmatch(text.strip())
    if found is None:
        raise BadDuration(
            f"{text[:60]!r} is not a duration; write it like '30 minutes', '4 business hours', "
            "'24 hours' or '1 business day'."
        )
    return Duration(int(found[1]), found[3], business=bool(found[2]))


def span(duration: Duration | str) -> dt.timedelta:
    """
    Return a duration by the clock as a timedelta.

    :raises BadDuration: if it is in working hours, which have no fixed length
    """
    length = _parsed(duration)
    if length.business:
        raise BadDuration(f"'{length}' has no fixed length; use hours or days by the clock.")
    return dt.timedelta(minutes=length.amount * MINUTES[length.unit])


def amount_of(duration: Duration | str, hours: WorkingHours) -> dt.timedelta:
    """
    Return how much time a duration is: by the clock, or of working time by a calendar.

    A business day is the calendar's usual day, a business week all that its week is open.
    """
    length = _parsed(duration)
    if not length.business:
        return span(length)
    one = {"day": hours.usual_day, "week": hours.usual_week}.get(length.unit)
    return length.amount * (one or dt.timedelta(minutes=MINUTES[length.unit]))


def share(duration: Duration | str, per_cent: int, hours: WorkingHours) -> dt.timedelta:
    """Return a share of a duration, a minute at least."""
    whole = amount_of(duration, hours)
    minutes = int(whole.total_seconds()) // 60 * per_cent // 100
    return dt.timedelta(minutes=max(minutes, 1))


def after(
    amount: dt.timedelta, start: dt.datetime, hours: WorkingHours, *, business: bool
) -> dt.datetime:
    """
    Return the moment at which an amount of time has passed since `start`, in UTC.

    :raises NeverOpen: if working time is asked for and the calendar never has that much
    """
    return hours.add(amount, start) if business else start.astimezone(dt.UTC) + amount


def left(
    start: dt.datetime, end: dt.datetime, hours: WorkingHours, *, business: bool
) -> dt.timedelta:
    """Return how much time is left from `start` to `end`, none if it is over."""
    amount = hours.between(start, end) if business else end - start
    return max(amount, dt.timedelta(0))


def add(duration: Duration | str, start: dt.datetime, hours: WorkingHours) -> dt.datetime:
    """
    Return the moment that lies a duration after `start`, in UTC.

    :raises NeverOpen: if it is in working hours and the calendar never has that much
    """
    length = _parsed(duration)
    return after(amount_of(length, hours), start, hours, business=length.business)


def _parsed(duration: Duration | str) -> Duration:
    return parse_duration(duration) if isinstance(duration, str) else duration
