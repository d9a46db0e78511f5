"""
Quiet hours and digest times, by the wall clock of the person; pure.

Where the clock is put forward, a time that does not exist is taken as late as the skipped hour is
long; where it is put back, quiet hours begin at the first and end at the second of two like times.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = dt.timedelta(days=1)
# Quiet hours of neighbouring days may touch; they never touch all week long.
MOST_SPANS = 15


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone, or UTC where the name is not known on this machine."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    """Say whether the machine knows a time zone of this name."""
    return name == "UTC" or zone_named(name).key != "UTC"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day to another, which may be the next day's, on some weekdays."""

    zone: ZoneInfo
    starts: dt.time
    ends: dt.time
    # The weekday on which a span begins, Monday is 0.
    weekdays: frozenset[int]

    def until(self, at: dt.datetime) -> dt.datetime:
        """Return the end of the quiet hours that `at` lies in, or `at` itself outside of them."""
        moment = at
        for _ in range(MOST_SPANS):
            later = self._end_of_span(moment)
            if later == moment:
                break
            moment = later
        return moment

    def _end_of_span(self, at: dt.datetime) -> dt.datetime:
        today = at.astimezone(self.zone).date()
        ends = [at]
        for day in (today - DAY, today, today + DAY):
            if day.weekday() not in self.weekdays:
                continue
            last_day = day if self.ends > self.starts else day + DAY
            start = _moment(day, self.starts, self.zone)
            end = _moment(last_day, self.ends.replace(fold=1), self.zone)
            if start <= at < end:
                ends.append(end)
        return max(ends)


def next_digest(
    *, after: dt.datetime, zone: ZoneInfo, time: dt.time, weekday: int | None = None
) -> dt.datetime:
    """Return the next time after a moment at which a digest is due, daily or on one weekday."""
    day = after.astimezone(zone).date() - DAY
    while True:
        due = _moment(day, time, zone)
        if due > after and weekday in (None, day.weekday()):
            return due
        day += DAY


def _moment(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)
