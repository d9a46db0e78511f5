"""Pure: rotations, hours and times in words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from orchestrator.oncall.states import LayerKind

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class HasTurns(Protocol):
    """What a layer says about its turns."""

    kind: str
    every: int
    unit: str
    starts_on: dt.date
    hand_off_at: dt.time


def turns_words(layer: HasTurns) -> str:
    """Say when a rotation changes hands: `weekly, Monday 09:00`."""
    time = f"{layer.hand_off_at:%H:%M}"
    if layer.kind == LayerKind.IMPORTED:
        return "from another calendar"
    if layer.kind == LayerKind.DAILY:
        return f"daily, {time}"
    if layer.kind == LayerKind.WEEKLY:
        return f"weekly, {LONG_DAYS[layer.starts_on.weekday()]} {time}"
    unit = str(layer.unit) if layer.every > 1 else str(layer.unit).removesuffix("s")
    return f"every {layer.every} {unit} from {time}" if layer.every > 1 else f"every {unit}, {time}"


def windows_words(windows: Sequence[Mapping[str, Any]]) -> str:
    """Say at which hours a layer stands: `Mon to Fri 18:00 to 09:00; Sat, Sun all day`."""
    return "; ".join(_window_words(window) for window in windows) or "always"


def period_words(starts: dt.datetime, ends: dt.datetime, zone: ZoneInfo) -> str:
    """Say from when until when: `Mon 23 Nov 09:00 to Mon 30 Nov 09:00 (Europe/Berlin)`."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%a %-d %b %H:%M}"
    return f"{first:%a %-d %b %H:%M} to {until} ({zone.key})"


def length_words(length: dt.timedelta) -> str:
    """Say how long something lasts: `6 days 22 hours`."""
    minutes = int(length.total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "day"), (hours, "hour"), (minutes if not days else 0, "minute")]
    words = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts if count]
    return " ".join(words) or "less than a minute"


def _window_words(window: Mapping[str, Any]) -> str:
    days = _days_words(sorted(window["weekdays"]))
    if window["from"] == window["to"] == "00:00":
        return f"{days} all day"
    return f"{days} {window['from']} to {window['to']}"


def _days_words(days: list[int]) -> str:
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{DAYS[days[0] - 1]} to {DAYS[days[-1] - 1]}"
    return ", ".join(DAYS[day - 1] for day in days)
