"""How the tests send people away."""

import datetime as dt

from orchestrator.people import absences
from tests.factories import AT, get_user

DAY = dt.timedelta(days=1)


def leave(person, delegate=None, *, starts=0.0, days=5.0, at=AT):
    """Say that somebody is away, from so many days after the test's moment."""
    away = get_user(person)
    return absences.set_absence(
        person=away,
        starts_at=AT + starts * DAY,
        ends_at=AT + (starts + days) * DAY,
        delegate=get_user(delegate) if delegate else None,
        by=away,
        at=at,
    )
