"""Events of absences, delegation, duties, access reviews, signing in."""

from audit.absence_events import ABSENCES
from audit.duty_events import DUTIES
from audit.event import Event
from audit.sign_in_events import SIGN_INS

PEOPLE: dict[str, Event] = {
    **DUTIES,
    **ABSENCES,
    **SIGN_INS,
}
