"""From what a clock on the wall shows to a moment, where clocks skip and repeat hours. Pure."""

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from orchestrator.kernel.errors import DomainError

SECOND = dt.timedelta(seconds=1)


class UnknownZone(DomainError):
    """There is no time zone by this name."""

    code, status, title = "unknown_time_zone", 422, "Unknown time zone"


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Return the names of places whose clocks are known, UTC first."""
    places = (name for name in available_timezones() if "/" in name)
    return ("UTC", *sorted(name for name in places if not name.startswith(("Etc/", "posix"))))


def check_zone(name: str) -> None:
    """
    Refuse a time zone that the tz database does not know.

    :raises UnknownZone: with what to write instead
    """
    try:
        known = bool(ZoneInfo(name).key) and name in available_timezones()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = False
    if not known:
        raise UnknownZone(
            f"There is no time zone {name[:60]!r}. Write it like Europe/Berlin, or UTC."
        )


def local_date(at: dt.datetime, zone: str) -> dt.date:
    """Return the date on the calendar of the zone at a moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def moment(day: dt.date, minute: int, zone: str) -> dt.datetime:
    """
    Return when the clocks of the zone reach a minute of a day, in UTC.

    A minute that comes twice means the first one. A minute that is skipped means the jump over it.
    """
    shown = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)
    place = ZoneInfo(zone)
    found = shown.replace(tzinfo=place, fold=0).astimezone(dt.UTC)
    if found.astimezone(place).replace(tzinfo=None, fold=0) == shown:
        return found
    before = shown.replace(tzinfo=place, fold=1).astimezone(dt.UTC)
    return _jump(before, found, place)


def _jump(before: dt.datetime, after: dt.datetime, place: ZoneInfo) -> dt.datetime:
    """Return the first second after the clocks jumped, between a moment before and one after it."""
    offset = before.astimezone(place).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // (2 * SECOND) * SECOND
        if middle.astimezone(place).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
