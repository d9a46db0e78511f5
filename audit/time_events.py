"""Events of calendars, timers, escalation, on-call, pages."""

from audit.event import Event

TIME: dict[str, Event] = {}
