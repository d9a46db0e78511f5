"""All that is alike and waits for one person: what a decision on a whole group is about."""

import datetime as dt

from approvals.bulk_decisions import MOST_ITEMS
from approvals.desk import desk_of
from approvals.eligibility import Chosen
from approvals.models import Review
from approvals.sources import conditions
from approvals.states import ReviewState
from orchestrator.people.models import User


def in_group(key: str, *, person: User, at: dt.datetime) -> tuple[list[Chosen], bool]:
    """Return what waits for the person in a group, MOST_ITEMS of it, and whether there is more."""
    waiting = conditions(desk_of(person, at=at).mine())
    rows = Review.objects.filter(waiting, group_key=key, state=ReviewState.OPEN)
    # One statement, however many, along the index of the group.
    listed = rows.order_by("due_at", "pk").values_list("proposal_id", "proposal__digest")
    found = [Chosen(*each) for each in listed[: MOST_ITEMS + 1]]
    return found[:MOST_ITEMS], len(found) > MOST_ITEMS
