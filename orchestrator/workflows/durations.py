"""Durations as people write them: "4 business hours", "24 hours", "30 minutes". Pure."""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

PATTERN = re.compile(r"^(\d{1,6}) (business )?(minute|hour|day|week)s?$")
MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
# Until calendars exist, everybody works Monday to Friday from nine to five.
DAY_STARTS, DAY_ENDS = dt.time(9), dt.time(17)
BUSINESS_DAY_MINUTES = 8 * 60
BUSINESS_WEEK_DAYS = 5
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time, on the clock or in working time."""

    minutes: int
    business: bool

    @property
    def length(self) -> dt.timedelta:
        """Return the length on the clock; for working time, its working minutes."""
        return dt.timedelta(minutes=self.minutes)


def parse_duration(text: str) -> Duration:
    """
    Return the duration that the words say.

    :raises ValueError: if they say none
    """
    found = PATTERN.match(text.strip())
    if found is None:
        raise ValueError(
            f"{text!r} is not a duration; write for instance '4 business hours' or '30 minutes'"
        )
    number, business, unit = int(found[1]), bool(found[2]), found[3]
    if not business:
        return Duration(number * MINUTES[unit], business=False)
    days = {"day": 1, "week": BUSINESS_WEEK_DAYS}
    minutes = days[unit] * BUSINESS_DAY_MINUTES if unit in days else MINUTES[unit]
    return Duration(number * minutes, business=True)


def add(duration: Duration, start: dt.datetime, zone: str = "UTC") -> dt.datetime:
    """Return the moment (UTC) that lies the duration after `start`, by working hours of `zone`."""
    if not duration.business:
        return start + duration.length
    local = start.astimezone(ZoneInfo(zone))
    left = duration.length
    while True:
        opens, closes = _working_day(local)
        begin = max(local, opens)
        if local.weekday() < SATURDAY and begin < closes:
            available = closes.astimezone(dt.UTC) - begin.astimezone(dt.UTC)
            if left <= available:
                return begin.astimezone(dt.UTC) + left
            left -= available
        local = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), local.tzinfo)


def _working_day(local: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    return (
        dt.datetime.combine(local.date(), DAY_STARTS, local.tzinfo),
        dt.datetime.combine(local.date(), DAY_ENDS, local.tzinfo),
    )
