"""Opening hours of a day as people write them: "09:00-12:30". Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orchestrator.kernel.errors import DomainError

HOUR = 60
DAY_MINUTES = 24 * HOUR
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SEVERAL = re.compile(r"\s*[,;]\s*|\s+and\s+|\s+")
TEXT = re.compile(r"(\d{1,2})(?::(\d{2}))?[-\N{EN DASH}](\d{1,2})(?::(\d{2}))?")
AROUND_THE_DASH = re.compile(r"\s*([-\N{EN DASH}])\s*")
MOST_SPANS = 12


class BadHours(DomainError):
    """The hours of a day cannot be understood, or contradict one another."""

    code, status, title = "bad_hours", 422, "These hours do not work"


class Span(NamedTuple):
    """
    From one wall-clock minute of a day to another one of the same day.

    A span never crosses midnight: a holiday or a special day replaces a whole day, and a span of
    two days would be half replaced. Night work is two spans that meet: 22:00-24:00, 00:00-06:00.
    """

    opens: int
    closes: int

    def __str__(self) -> str:
        """Return the span as people write it."""
        return f"{clock_text(self.opens)}-{clock_text(self.closes)}"


Day = tuple[Span, ...]
Week = tuple[Day, ...]


def clock_text(minute: int) -> str:
    """Return a minute of the day as a clock shows it; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def parse_day(text: str) -> Day:
    """
    Return the spans that a text such as "09:00-12:00, 13:00-17:30" names; none for no text.

    :raises BadHours: if it names something else, crosses midnight or overlaps itself
    """
    closed_up = AROUND_THE_DASH.sub(r"\1", text.strip())
    return checked_day(_span(part) for part in SEVERAL.split(closed_up) if part)


def checked_day(spans: Iterable[Span]) -> Day:
    """
    Return the spans in the order of the day.

    :raises BadHours: if one ends before it begins, or two overlap
    """
    ordered = tuple(sorted(spans))
    if len(ordered) > MOST_SPANS:
        raise BadHours(f"A day has at most {MOST_SPANS} spans.")
    end = 0
    for span in ordered:
        if not 0 <= span.opens < span.closes <= DAY_MINUTES:
            raise BadHours(
                f"{span} ends before it begins. A span stays within its day; write night work as "
                "two: 22:00-24:00 and, on the next day, 00:00-06:00."
            )
        if span.opens < end:
            raise BadHours(f"{span} begins before the span in front of it ends.")
        end = span.closes
    return ordered


def day_text(day: Day) -> str:
    """Return the spans of a day as people write them; nothing for a closed day."""
    return ", ".join(str(span) for span in day)


def week_of(stored: Sequence[Sequence[Sequence[int]]]) -> Week:
    """
    Return a stored week, Monday first.

    :raises BadHours: if it has not seven days, or a day that makes no sense
    """
    if len(stored) != len(WEEKDAYS):
        raise BadHours("A week has seven days, Monday first.")
    return tuple(checked_day(Span(*span) for span in day) for day in stored)


def as_stored(day: Day) -> list[list[int]]:
    """Return a day as JSON keeps it: pairs of minutes."""
    return [list(span) for span in day]


def _span(text: str) -> Span:
    found = TEXT.fullmatch(text)
    if found is None:
        raise BadHours(f"{text[:40]!r} is no span of hours; write it like 09:00-17:00.")
    hours, minutes = (int(found[1]), int(found[3])), (int(found[2] or 0), int(found[4] or 0))
    if max(minutes) >= HOUR:
        raise BadHours(f"{text[:40]!r} is no span of hours; an hour has 60 minutes.")
    return Span(hours[0] * 60 + minutes[0], hours[1] * 60 + minutes[1])
