"""Events of absences, delegation, duties, access reviews."""

from audit.event import Event

PEOPLE: dict[str, Event] = {}
