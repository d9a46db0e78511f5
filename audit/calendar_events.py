"""Events of calendars and of time that runs out."""

from audit.event import Event, event
from audit.lanes import Lane

CALENDARS: dict[str, Event] = {
    "calendar.created": event(Lane.CONFIG, "made the calendar", "title zone week region"),
    "calendar.changed": event(Lane.CONFIG, "changed the calendar", "title zone week region before"),
    "calendar.special_day_set": event(Lane.CONFIG, "named a special day", "day hours note"),
    "calendar.special_day_removed": event(Lane.CONFIG, "took a special day away", "day note"),
    "role.calendar_set": event(Lane.CONFIG, "gave the role a calendar", "calendar before"),
    "review.overdue": event(
        Lane.EXECUTION, "was not decided in time", "stage role due_at", "within"
    ),
}
