"""
Pure: another program's calendar as times and names.

A calendar is untrusted: its size, its repeating rules and its dates are bounded before anything
is unfolded, so that no file can keep a worker busy for ever.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from orchestrator.kernel.errors import DomainError

MOST_BYTES = 1_000_000
MOST_EVENTS, MOST_RULES, MOST_SHIFTS = 2000, 100, 2000
RULES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
MOST_TIMES_A_DAY = 4
# Of those that may never come true, each of which takes a second to find that out.
NARROWING = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
MOST_NARROW = 5
OLDEST = dt.date(1990, 1, 1)
LONGEST_NAME = 200
# No zone is further from another one.
A_LITTLE_LATER = dt.timedelta(days=2)


class BadCalendar(DomainError):
    """The calendar cannot be read, or is out of bounds."""

    code, status, title = "bad_calendar", 422, "The calendar cannot be read"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One event: from, until, and what may name whoever is on call, the surest first."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    emails: tuple[str, ...]
    names: tuple[str, ...]
    summary: str

    @property
    def label(self) -> str:
        """Return what to call somebody whom nobody here knows."""
        words = next(iter((*self.names, *self.emails)), self.summary)
        return words[:LONGEST_NAME] or "nobody named"


def decoded(content: bytes) -> str:
    """
    Return a file's text.

    :raises BadCalendar: if it is too long or not text
    """
    if len(content) > MOST_BYTES:
        raise BadCalendar(f"It is longer than {MOST_BYTES // 1_000_000} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadCalendar("It is not text in UTF-8.") from error
    if "\x00" in text:
        raise BadCalendar("It holds characters that no calendar has.")
    return text


def read(text: str, *, zone: ZoneInfo, since: dt.datetime, until: dt.datetime) -> list[Entry]:
    """
    Return the calendar's events that have some time in [since, until), repeating ones unfolded.

    Whole days, and times without a zone of their own, are meant in `zone`.

    :raises BadCalendar: if it cannot be read or is out of bounds
    """
    calendar = _parsed(text)
    try:
        _check_bounds(calendar)
        # What has no zone of its own is looked for in UTC there, and meant in the schedule's zone.
        wide = (since - A_LITTLE_LATER, until + A_LITTLE_LATER)
        events = recurring_ical_events.of(calendar).between(*wide)
        every = [_entry(event, zone) for event in events if _stands(event)]
        found = [each for each in every if each.starts_at < until and since < each.ends_at]
    except BadCalendar:
        raise
    except Exception as error:
        raise BadCalendar(f"One of its events makes no sense: {str(error)[:200]}") from error
    if len(found) > MOST_SHIFTS:
        raise BadCalendar(f"It has more than {MOST_SHIFTS} shifts in the coming weeks.")
    return sorted(entry for entry in found if entry.starts_at < entry.ends_at)


def _parsed(text: str) -> Any:
    try:
        calendar = Calendar.from_ical(text)
    except Exception as error:
        raise BadCalendar("It is not an iCalendar file.") from error
    if calendar.name != "VCALENDAR":
        raise BadCalendar("It is not an iCalendar file: it does not begin with BEGIN:VCALENDAR.")
    return calendar


def _check_bounds(calendar: Any) -> None:
    events = calendar.walk("VEVENT")
    rules = [rule for event in events for rule in _listed(event.get("RRULE"))]
    if len(events) > MOST_EVENTS or len(rules) > MOST_RULES:
        raise BadCalendar(f"At most {MOST_EVENTS} events, of which {MOST_RULES} repeat.")
    for rule in rules:
        _check_rule(rule)
    if sum(_is_narrow(rule) for rule in rules) > MOST_NARROW:
        raise BadCalendar(f"At most {MOST_NARROW} events repeat in some months or weeks only.")
    for event in events:
        if "DTSTART" not in event:
            raise BadCalendar("An event has no start.")
        starts = event["DTSTART"].dt
        if _day(starts) < OLDEST:
            raise BadCalendar(f"An event begins before {OLDEST.year}.")


def _check_rule(rule: Any) -> None:
    if not _frequencies(rule) <= RULES:
        raise BadCalendar("An event repeats more often than daily.")
    times = 1
    for part in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(1, len(_listed(rule.get(part))))
    if _is_narrow(rule) and not _frequencies(rule) <= {"MONTHLY", "YEARLY"}:
        raise BadCalendar(
            "An event repeats daily or weekly, but in some months or weeks only: it may never come "
            "true. Let it repeat monthly or yearly, or write its shifts one by one."
        )
    if times > MOST_TIMES_A_DAY:
        raise BadCalendar(f"An event repeats more than {MOST_TIMES_A_DAY} times a day.")


def _frequencies(rule: Any) -> set[str]:
    return set(map(str.upper, map(str, _listed(rule.get("FREQ")))))


def _is_narrow(rule: Any) -> bool:
    """Say whether the rule may never come true: such a one is searched to the year 9999."""
    days = [str(day) for day in _listed(rule.get("BYDAY"))]
    ordinal = any(char.isdigit() for day in days for char in day)
    skips = bool(days) and "DAILY" in _frequencies(rule) and "INTERVAL" in rule
    return ordinal or skips or any(part in rule for part in NARROWING)


def _day(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _stands(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() != "CANCELLED"


def _entry(event: Any, zone: ZoneInfo) -> Entry:
    starts = event["DTSTART"].dt
    ends = event["DTEND"].dt if "DTEND" in event else starts
    if not isinstance(starts, dt.datetime) and ends <= starts:
        ends = starts + dt.timedelta(days=1)
    attendees = _listed(event.get("ATTENDEE"))
    return Entry(
        _moment(starts, zone),
        _moment(ends, zone),
        emails=tuple(_email(each) for each in attendees if _email(each)),
        names=tuple(_plain(each.params.get("CN", "")) for each in attendees if "CN" in each.params),
        summary=_plain(event.get("SUMMARY", "")),
    )


def _moment(value: dt.date, zone: ZoneInfo) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(dt.UTC)


def _email(attendee: Any) -> str:
    text = str(attendee)
    return text[7:].strip().lower() if text.lower().startswith("mailto:") else ""


def _plain(text: Any) -> str:
    return " ".join(str(text).split())


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def matched(entry: Entry, people: Iterable[tuple[int, Iterable[str]]]) -> list[int]:
    """
    Return whom an entry names, by the first of: e-mail address, name, words of the summary.

    `people` are ids with everything that names each of them: e-mail, user name, full name.
    """
    known = [(pk, {name.casefold() for name in names if name}) for pk, names in people]
    for said in (entry.emails, entry.names, (entry.summary,)):
        wanted = {text.casefold() for text in said}
        found = [pk for pk, names in known if names & wanted]
        if found:
            return found
    words = f" {_separated(entry.summary)} "
    inside = [
        pk
        for pk, names in known
        if any(f" {_separated(name)} " in words for name in names if " " in name or "@" in name)
    ]
    # Two names in one summary name nobody for certain.
    return inside if len(inside) == 1 else []


def _separated(text: str) -> str:
    kept = (char if char.isalnum() or char in "@.-_'" else " " for char in text.casefold())
    return " ".join("".join(kept).split())
