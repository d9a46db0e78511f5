"""Until when a review may be put off, in the reader's own day. Pure."""

import datetime as dt
from dataclasses import dataclass

MORNING = dt.time(9)
HOURS = (1, 4)


@dataclass(frozen=True, slots=True)
class Later:
    """One time to choose."""

    words: str
    until: dt.datetime


def choices(*, at: dt.datetime, due_at: dt.datetime | None, zone: dt.tzinfo) -> list[Later]:
    """
    Return the times to choose from, earliest first: none that is not before it is due.

    Mornings are nine o'clock in `zone`; what is returned is in UTC.
    """
    if due_at is None:
        return []
    offered = [
        Later(f"{hours} hour{'s' if hours > 1 else ''}", at + dt.timedelta(hours=hours))
        for hours in HOURS
    ]
    today = at.astimezone(zone).date()
    offered.append(Later("Tomorrow at 9:00", _morning(today + dt.timedelta(days=1), zone)))
    monday = today + dt.timedelta(days=7 - today.weekday())
    if monday > today + dt.timedelta(days=1):
        offered.append(Later("Monday at 9:00", _morning(monday, zone)))
    in_time = {each.until: each for each in offered if at < each.until < due_at}
    return [in_time[until] for until in sorted(in_time)]


def _morning(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, MORNING, tzinfo=zone).astimezone(dt.UTC)
