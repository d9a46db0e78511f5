"""How long something may still wait, in words and as a share."""

import datetime as dt
from dataclasses import dataclass

SOON_SHARE, LATE_SHARE = 0.5, 0.8
SOON_WITHOUT_START = dt.timedelta(hours=1)
LATE_WITHOUT_START = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class TimeLeft:
    """What a page says about a due time."""

    text: str
    tone: str  # ok, soon or late; the words say the same without colour
    used_percent: int | None


def time_left(*, due: dt.datetime, at: dt.datetime, start: dt.datetime | None = None) -> TimeLeft:
    """Judge `due` at the moment `at`; `start` gives the share of the time that is used."""
    left = due - at
    used = share_used(due=due, at=at, start=start)
    percent = None if used is None else round(used * 100)
    if left <= dt.timedelta(0):
        return TimeLeft(f"overdue {span(-left)}", "late", percent)
    if used is None:
        late, soon = left <= LATE_WITHOUT_START, left <= SOON_WITHOUT_START
    else:
        late, soon = used >= LATE_SHARE, used >= SOON_SHARE
    return TimeLeft(f"{span(left)} left", "late" if late else "soon" if soon else "ok", percent)


def share_used(*, due: dt.datetime, at: dt.datetime, start: dt.datetime | None) -> float | None:
    """Return how much of the time from `start` to `due` is gone, between 0 and 1."""
    if start is None or due <= start:
        return None
    return min(1.0, max(0.0, (at - start) / (due - start)))


def span(length: dt.timedelta) -> str:
    """Return a length of time in its two largest units."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min" if rest else "under 1 min"
