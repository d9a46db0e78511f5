"""Events of absences, delegation, duties, access reviews."""

from audit.absence_events import ABSENCES
from audit.duty_events import DUTIES
from audit.event import Event

PEOPLE: dict[str, Event] = {
    **DUTIES,
    **ABSENCES,
}
