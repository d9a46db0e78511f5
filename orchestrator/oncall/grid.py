"""Pure: a schedule as weeks of hours on the wall clock, and as days with their shifts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from orchestrator.oncall import stacking
from orchestrator.oncall.plans import Layout
from orchestrator.oncall.rotations import moment_of
from orchestrator.oncall.stacking import Piece
from orchestrator.oncall.wording import period_words

HOURS = 168
HUES = 8
HOUR, DAY, WEEK = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Cell:
    """Some hours of a week: a person's shift, or nobody."""

    hours: int
    name: str = ""
    hue: int = 0
    words: str = ""
    starts: str = ""
    how: str = ""
    is_gap: bool = False
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One layer in one week, or what they come to together."""

    title: str
    cells: list[Cell]
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the head of a week."""

    date: dt.date
    is_today: bool
    is_weekend: bool


@dataclass(frozen=True, slots=True)
class Week:
    """One week, Monday to Sunday."""

    number: int
    days: list[Day]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class DayList:
    """One day with its shifts, for narrow screens."""

    date: dt.date
    is_today: bool
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom the page is for: names, the schedule's zone and the present moment."""

    names: Mapping[int, str]
    zone: ZoneInfo
    at: dt.datetime

    def hue(self, person: int) -> int:
        """Return the person's colour, the same in every row."""
        return sorted(self.names).index(person) % HUES + 1


def monday(day: dt.date) -> dt.date:
    """Return the Monday of the day's week."""
    return day - dt.timedelta(days=day.weekday())


def bounds(first: dt.date, weeks: int, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Return the moments between which so many weeks lie."""
    start = dt.datetime.combine(first, dt.time())
    return moment_of(start, zone), moment_of(start + weeks * WEEK, zone)


def weeks_of(layout: Layout, first: dt.date, count: int, reader: Reader) -> list[Week]:
    """Return the layout week by week, each row of a week filling its 168 hours."""
    return [_week(layout, first + number * WEEK, reader) for number in range(count)]


def days_of(layout: Layout, first: dt.date, count: int, reader: Reader) -> list[DayList]:
    """Return who is asked first, day by day, from today on."""
    today = reader.at.astimezone(reader.zone).date()
    dates = [first + number * DAY for number in range(count * 7)]
    return [
        DayList(date, date == today, _day_cells(layout, date, reader))
        for date in dates
        if date >= today or dates[-1] < today
    ]


def _week(layout: Layout, first: dt.date, reader: Reader) -> Week:
    today = reader.at.astimezone(reader.zone).date()
    dates = [first + number * DAY for number in range(7)]
    rows = [Row(strand.title, _cells(strand.pieces, first, reader)) for strand in layout.strands]
    if layout.overrides:
        overrides = _cells(layout.overrides, first, reader)
        if any(cell.name for cell in overrides):
            rows.append(Row("Overrides", overrides))
    final = Row("On call", _cells(layout.final, first, reader, gaps=True), is_final=True)
    return Week(
        number=first.isocalendar().week,
        days=[Day(date, date == today, date.isoweekday() > 5) for date in dates],
        rows=[final, *rows],
    )


def _cells(
    pieces: Sequence[Piece], first: dt.date, reader: Reader, *, gaps: bool = False
) -> list[Cell]:
    start = dt.datetime.combine(first, dt.time())
    since, _ = bounds(first, 1, reader.zone)
    cells: list[Cell] = []
    reached = 0
    for piece in pieces:
        begins = max(reached, _hour(piece.starts_at, start, reader.zone))
        ends = _hour(piece.ends_at, start, reader.zone)
        if ends <= begins:
            continue
        if begins > reached:
            cells.append(_hole(start, reached, begins, reader, gaps=gaps))
        cells.append(_cell(piece, ends - begins, reader, since))
        reached = ends
    if reached < HOURS:
        cells.append(_hole(start, reached, HOURS, reader, gaps=gaps))
    return cells


def _hour(at: dt.datetime, start: dt.datetime, zone: ZoneInfo) -> int:
    wall = at.astimezone(zone).replace(tzinfo=None)
    return max(0, min(HOURS, round((wall - start) / HOUR)))


def _hole(start: dt.datetime, begins: int, ends: int, reader: Reader, *, gaps: bool) -> Cell:
    since = moment_of(start + begins * HOUR, reader.zone)
    until = moment_of(start + ends * HOUR, reader.zone)
    if not gaps or until <= reader.at:
        return Cell(ends - begins)
    return Cell(
        ends - begins,
        words=f"Nobody, {period_words(since, until, reader.zone)}",
        is_gap=True,
        is_now=since <= reader.at,
    )


def _cell(piece: Piece, hours: int, reader: Reader, since: dt.datetime) -> Cell:
    name = reader.names[piece.person]
    # What began before is shown without a time of its own.
    begins = piece.starts_at.astimezone(reader.zone) if piece.starts_at >= since else None
    return Cell(
        hours,
        name=name,
        hue=reader.hue(piece.person),
        words=f"{name}, {period_words(piece.starts_at, piece.ends_at, reader.zone)}",
        starts=f"{begins:%H:%M}" if begins else "",
        how=piece.how.value,
        is_now=stacking.covers(piece, reader.at),
    )


def _day_cells(layout: Layout, date: dt.date, reader: Reader) -> list[Cell]:
    start = dt.datetime.combine(date, dt.time())
    since, until = moment_of(start, reader.zone), moment_of(start + DAY, reader.zone)
    pieces = [each for each in layout.final if each.starts_at < until and since < each.ends_at]
    found = [(piece.starts_at, _cell(piece, 0, reader, since)) for piece in pieces]
    for begins, ends in stacking.holes(pieces, since, until):
        if ends > reader.at:
            wall = f"{begins.astimezone(reader.zone):%H:%M}"
            words = f"Nobody, {period_words(begins, ends, reader.zone)}"
            found.append((begins, Cell(0, words=words, starts=wall, is_gap=True)))
    return [cell for _, cell in sorted(found, key=lambda each: each[0])]
