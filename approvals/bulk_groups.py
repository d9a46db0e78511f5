"""All that is alike and waits for one person: what a decision on a whole group is about."""

import datetime as dt

from approvals.bulk_decisions import MOST_ITEMS
from approvals.desk import desk_of
from approvals.eligibility import Chosen
from approvals.grouping import members
from orchestrator.people.models import User


def in_group(key: str, *, person: User, at: dt.datetime) -> tuple[list[Chosen], bool]:
    """Return what waits for the person in a group, MOST_ITEMS of it, and whether there is more."""
    found = members(desk=desk_of(person, at=at), key=key, limit=MOST_ITEMS + 1)
    return [Chosen(*each) for each in found[:MOST_ITEMS]], len(found) > MOST_ITEMS
