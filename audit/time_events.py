"""Events of calendars, timers, escalation, on-call, pages."""

from audit.calendar_events import CALENDARS
from audit.escalation_events import ESCALATIONS
from audit.event import Event
from audit.oncall_events import ONCALL
from audit.page_events import PAGES

TIME: dict[str, Event] = {
    **CALENDARS,
    **ESCALATIONS,
    **ONCALL,
    **PAGES,
}
