"""Whom to call about a matter, first to last."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q

from orchestrator.oncall import queries as oncall
from orchestrator.paging.models import PageCall
from orchestrator.people.models import Role, User
from orchestrator.people.queries import away
from orchestrator.workflows.models import Workflow

OPS_OWNER = "ops-owner"


def order(page: PageCall, *, at: dt.datetime) -> list[User]:
    """
    Return everybody who may be called about the page and is not away, first to last, each once.

    The role comes first, then the workflow's ops owner, the role of ops owners, and the staff.
    """
    found: dict[int, User] = {}
    gone = away(at=at)
    for person in _candidates(page, at):
        here = person.is_active and person.pk not in gone
        if here and person.username not in page.barred:
            found.setdefault(person.pk, person)
    return list(found.values())


def next_person(page: PageCall, *, at: dt.datetime) -> User | None:
    """Return the first who was not called in this round, or nobody."""
    called = set(page.turns.filter(round=page.round).values_list("person", flat=True))
    return next((person for person in order(page, at=at) if person.pk not in called), None)


def _candidates(page: PageCall, at: dt.datetime) -> Iterator[User]:
    yield from oncall.order(role=page.role, at=at)
    for workflow in Workflow.objects.select_related("owner").filter(slug=page.workflow):
        yield workflow.owner
    for role in Role.objects.filter(slug=OPS_OWNER).exclude(pk=page.role_id):
        yield from oncall.order(role=role, at=at)
    yield from User.objects.filter(Q(is_staff=True) | Q(is_superuser=True)).order_by("username")
