"""Pure: shifts as an iCalendar file that calendar programs subscribe to."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from icalendar import Calendar, Event

REFRESH = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Written:
    """One shift as a calendar shows it."""

    schedule: str
    username: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    summary: str
    words: str
    address: str


def calendar_of(title: str, shifts: Iterable[Written], *, at: dt.datetime) -> bytes:
    """Return the shifts as an iCalendar file."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Countersign//On-call//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", title)
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    for shift in shifts:
        calendar.add_component(_event(shift, at))
    return bytes(calendar.to_ical())


def _event(shift: Written, at: dt.datetime) -> Event:
    event = Event()
    event.add("UID", _uid(shift))
    event.add("DTSTAMP", at)
    event.add("DTSTART", shift.starts_at)
    event.add("DTEND", shift.ends_at)
    event.add("SUMMARY", shift.summary)
    event.add("DESCRIPTION", shift.words)
    event.add("URL", shift.address)
    # Being on call does not make somebody busy all week.
    event.add("TRANSP", "TRANSPARENT")
    return event


def _uid(shift: Written) -> str:
    parts = (shift.schedule, shift.username, shift.starts_at.isoformat(), shift.summary)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32] + "@countersign"
