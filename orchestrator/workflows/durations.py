"""Durations as people write them: "4 business hours", "24 hours", "1 business day". Pure."""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

TEXT = re.compile(r"([1-9]\d{0,4}) +(business )? *(minute|hour|day|week)s?")
MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
# Until calendars exist, every role works like this.
OPENS, CLOSES = dt.time(9), dt.time(17)
WORKING_MINUTES = {"minute": 1, "hour": 60, "day": 8 * 60, "week": 5 * 8 * 60}
SATURDAY = 5


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


def add(duration: Duration | str, start: dt.datetime, zone: str) -> dt.datetime:
    """
    Return the moment that lies a duration after `start`, in UTC.

    Working hours are Monday to Friday, 9:00 to 17:00, in the zone.
    """
    length = _parsed(duration)
    if not length.business:
        return start.astimezone(dt.UTC) + span(length)
    left = dt.timedelta(minutes=length.amount * WORKING_MINUTES[length.unit])
    # Without the zone while walking: working hours are what a wall clock shows.
    moment = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    while True:
        moment = _working(moment)
        closes = dt.datetime.combine(moment.date(), CLOSES)
        if left <= closes - moment:
            break
        left -= closes - moment
        moment = closes
    return (moment + left).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def _parsed(duration: Duration | str) -> Duration:
    return parse_duration(duration) if isinstance(duration, str) else duration


def _working(moment: dt.datetime) -> dt.datetime:
    """Return the first moment at or after this one that lies in working hours."""
    day = moment.date()
    if moment.weekday() < SATURDAY and moment.time() < CLOSES:
        return max(moment, dt.datetime.combine(day, OPENS))
    day += dt.timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, OPENS)
