"""Who is on call for a role, and whom to ask after them."""

import datetime as dt
from dataclasses import dataclass

from orchestrator.oncall.models import Schedule
from orchestrator.people.models import Role, User
from orchestrator.people.queries import reachable_members


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's time on call: from, until, and by what: a layer, an override or a swap."""

    person: User
    starts_at: dt.datetime
    ends_at: dt.datetime
    words: str
    schedule: Schedule


def on_call_now(*, role: Role, at: dt.datetime) -> list[Shift]:
    """Return who is on call for the role at this moment, whoever is asked first at the front."""
    return []


def order(*, role: Role, at: dt.datetime) -> list[User]:
    """Return whom to page, first to last: on call now, next on call, then every reachable member."""
    return reachable_members(role=role)
