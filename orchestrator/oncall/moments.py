"""Pure: a moment as one clock shows it, and the reader's own clock beside it where it differs."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Shown:
    """A moment on the schedule's clock; `yours` is empty where the reader's shows the same."""

    iso: str
    text: str
    yours: str


def shown(at: dt.datetime, zone: ZoneInfo, yours: ZoneInfo) -> Shown:
    """Return a moment as people read it."""
    there, here = at.astimezone(zone), at.astimezone(yours)
    same = there.utcoffset() == here.utcoffset()
    own = f"{here:%H:%M}" if there.date() == here.date() else f"{here:%a %-d %b %H:%M}"
    return Shown(at.isoformat(), f"{there:%a %-d %b %H:%M}", "" if same else own)


def zone_of(name: str) -> ZoneInfo:
    """Return the zone with this name, or UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
