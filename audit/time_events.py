"""Events of calendars, timers, escalation, on-call, pages."""

from audit.event import Event
from audit.page_events import PAGES

TIME: dict[str, Event] = {
    **PAGES,
}
