"""Who may see a round, work on it, hand it on, and arrange duties."""

import datetime as dt

from django.db.models import Q

from orchestrator.duties.models import DutyRound
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people.models import User
from orchestrator.people.permissions import (
    may_administer_agents,
    may_read_ledger,
    workflows_with_right,
)
from orchestrator.people.queries import roles_of
from orchestrator.people.rights import Right


def visible(person: User, *, at: dt.datetime) -> Q:
    """Return the condition under which a person may see a round."""
    if person.is_active and (person.is_staff or person.is_superuser or may_read_ledger(person)):
        return Q()
    return (
        Q(assignee=person)
        | Q(duty__role__in=roles_of(user=person, at=at))
        | Q(duty__workflow__in=workflows_with_right(person, Right.VIEW))
    )


def carries(person: User, about: DutyRound, *, at: dt.datetime) -> bool:
    """Say whether the round is theirs, or their role's."""
    if not person.is_active:
        return False
    if about.assignee_id == person.pk:
        return True
    return about.duty.role_id in roles_of(user=person, at=at)


def check_carries(person: User, about: DutyRound, *, at: dt.datetime) -> None:
    """
    Refuse whoever has nothing to do with a round.

    :raises NotAllowed: if they neither have it nor carry its role
    """
    if not carries(person, about, at=at):
        raise NotAllowed(f"This is for {about.duty.role.title}, or whoever it was handed to.")


def may_hand_on(person: User, about: DutyRound, *, at: dt.datetime) -> bool:
    """Say whether the person may give the round to somebody: who carries it, and staff."""
    return (person.is_active and person.is_staff) or carries(person, about, at=at)


def may_arrange(person: User) -> bool:
    """Say whether the person may arrange when duties come round, and for whom."""
    return may_administer_agents(person)


def check_may_arrange(person: User) -> None:
    """
    Refuse anybody who is neither staff nor an ops owner.

    :raises NotAllowed: if so
    """
    if not may_arrange(person):
        raise NotAllowed("Duties are arranged by ops owners and staff. Ask one of them.")
