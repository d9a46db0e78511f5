"""
Pure: whose turn it is in one rotation, and the shifts between two moments.

A hand-off happens at a time on the wall clock, so a turn of one week lasts 167 or 169 hours where
the clock is changed, and the hand-off stays at nine in the morning.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of some weekdays (1 is Monday); over midnight unless they close after they open."""

    weekdays: frozenset[int]
    opens: dt.time
    closes: dt.time


@dataclass(frozen=True, slots=True)
class Rotation:
    """People in turn: each for `length`, counted on the wall clock from `starts`."""

    people: tuple[int, ...]
    zone: ZoneInfo
    starts: dt.datetime
    length: dt.timedelta
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One person from one moment until another."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    person: int


def on_call(rotation: Rotation, at: dt.datetime) -> int | None:
    """Return the person whose turn it is at a moment; None before the start and out of hours."""
    if not rotation.people or not _is_open(rotation, at):
        return None
    number = _turn_number(rotation, at)
    return None if number < 0 else rotation.people[number % len(rotation.people)]


def shifts(rotation: Rotation, since: dt.datetime, until: dt.datetime) -> list[Span]:
    """Return every shift that has some time in [since, until), each at its whole length."""
    return [
        span
        for turn in _turns(rotation, since, until)
        for span in _open_parts(rotation, turn)
        if span.starts_at < until and since < span.ends_at
    ]


def moment_of(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the moment at which the zone's clock shows `wall`, the first if it does so twice."""
    return wall.replace(tzinfo=zone).astimezone(dt.UTC)


def _begins(rotation: Rotation, number: int) -> dt.datetime:
    return moment_of(rotation.starts + number * rotation.length, rotation.zone)


def _turn_number(rotation: Rotation, at: dt.datetime) -> int:
    wall = at.astimezone(rotation.zone).replace(tzinfo=None)
    number = (wall - rotation.starts) // rotation.length
    # An hour that the clock skips or repeats can put the wall clock one turn off.
    while _begins(rotation, number) > at:
        number -= 1
    while _begins(rotation, number + 1) <= at:
        number += 1
    return number


def _turns(rotation: Rotation, since: dt.datetime, until: dt.datetime) -> Iterator[Span]:
    if not rotation.people:
        return
    number = max(0, _turn_number(rotation, since))
    while (begins := _begins(rotation, number)) < until:
        ends = _begins(rotation, number + 1)
        if begins < ends:
            yield Span(begins, ends, rotation.people[number % len(rotation.people)])
        number += 1


def _open_parts(rotation: Rotation, turn: Span) -> Iterator[Span]:
    if not rotation.windows:
        yield turn
        return
    first = turn.starts_at.astimezone(rotation.zone).date() - DAY
    days = (turn.ends_at - turn.starts_at).days + 3
    hours = (
        hour
        for number in range(days)
        for hour in _hours_of_day(rotation, first + number * DAY)
    )  # fmt: skip
    for opens, closes in joined(hours):
        begins, ends = max(opens, turn.starts_at), min(closes, turn.ends_at)
        if begins < ends:
            yield Span(begins, ends, turn.person)


def _is_open(rotation: Rotation, at: dt.datetime) -> bool:
    if not rotation.windows:
        return True
    today = at.astimezone(rotation.zone).date()
    return any(
        opens <= at < closes
        for day in (today - DAY, today)
        for opens, closes in _hours_of_day(rotation, day)
    )


def _hours_of_day(rotation: Rotation, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    for window in rotation.windows:
        if day.isoweekday() in window.weekdays:
            last = day if window.opens < window.closes else day + DAY
            yield (
                moment_of(dt.datetime.combine(day, window.opens), rotation.zone),
                moment_of(dt.datetime.combine(last, window.closes), rotation.zone),
            )


def joined(
    periods: Iterable[tuple[dt.datetime, dt.datetime]],
) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the periods in order, those that touch or overlap as one."""
    found: list[tuple[dt.datetime, dt.datetime]] = []
    for starts, ends in sorted(periods):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        elif starts < ends:
            found.append((starts, ends))
    return found
