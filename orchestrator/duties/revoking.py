"""Taking away what a line is about, through the operation that takes such things away."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q

from orchestrator.agents.models import Grant, Key
from orchestrator.agents.operations import end_grant, revoke_key
from orchestrator.duties import presence, separation
from orchestrator.duties.models import DutyLine
from orchestrator.duties.states import LineState
from orchestrator.kernel.errors import DomainError, NotAllowed
from orchestrator.people import operations as people
from orchestrator.people.accounts import close_account
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import (
    check_may_administer_agents,
    check_may_administer_people,
    may_administer,
)
from orchestrator.workflows.models import Workflow

NO_WAY = "Countersign has no way to take this away: staff do it by hand, and it is looked up."


@dataclass(frozen=True, slots=True)
class Revoked:
    """Whether it is gone, and why not."""

    gone: bool
    trouble: str = ""


def revoke(line: DutyLine, *, person: User, reason: str, at: dt.datetime) -> Revoked:
    """Take away what the line is about, if the person may; say why not otherwise."""
    if presence.gone([line], at=at):
        return Revoked(gone=True)
    take_away = WAYS.get(line.subject_kind)
    if take_away is None:
        return Revoked(gone=False, trouble=NO_WAY)
    try:
        # Each of these is a transaction of its own inside ours: what it refuses leaves no trace.
        take_away(line.subject_id, person, reason, at)
    except DomainError as refusal:
        return Revoked(gone=False, trouble=refusal.detail)
    return Revoked(gone=bool(presence.gone([line], at=at)))


def whose_follow_up(line: DutyLine, *, but: User | None = None) -> User | None:
    """Return the member of staff with the fewest follow-ups whom the line is not about."""
    waiting = Q(follow_ups__state=LineState.REVOKE_ASKED)
    staff = User.objects.filter(is_staff=True, is_active=True)
    staff = staff.exclude(username__in=separation.barred([line])[line.pk])
    staff = staff.exclude(pk=but.pk) if but else staff
    counted = staff.annotate(waiting=Count("follow_ups", filter=waiting))
    return counted.order_by("waiting", "username").first()


def _end_grant(subject: str, person: User, reason: str, at: dt.datetime) -> None:
    check_may_administer_agents(person)
    grant = Grant.objects.select_related("agent", "workflow").get(pk=int(subject))
    end_grant(grant=grant, reason=reason, by=person.actor, at=at)


def _revoke_key(subject: str, person: User, reason: str, at: dt.datetime) -> None:
    check_may_administer_agents(person)
    key = Key.objects.get(prefix=subject)
    revoke_key(key=key, reason=reason, by=person.actor, at=at)


def _remove_member(subject: str, person: User, reason: str, at: dt.datetime) -> None:
    check_may_administer_people(person)
    slug, _, name = subject.partition(":")
    role, member = Role.objects.get(slug=slug), User.objects.get(username=name)
    people.remove_member(role=role, person=member, reason=reason, by=person.actor, at=at)


def _take_right(subject: str, person: User, reason: str, at: dt.datetime) -> None:
    slug, right, flow = subject.split(":")
    workflow, role = Workflow.objects.get(slug=flow), Role.objects.get(slug=slug)
    if not (person.is_staff and person.is_active) and not may_administer(person, workflow):
        raise NotAllowed(f"Only people who administer {workflow.title} take rights on it away.")
    people.take_right(
        role=role, workflow=workflow, right=right, reason=reason, by=person.actor, at=at
    )


def _close_account(subject: str, person: User, reason: str, at: dt.datetime) -> None:
    check_may_administer_people(person)
    account = User.objects.get(username=subject)
    # Nobody takes over here: what somebody has to carry on with is refused, with words.
    close_account(person=account, successors={}, by=person, reason=reason, at=at)


WAYS: dict[str, Callable[[str, User, str, dt.datetime], None]] = {
    "grant": _end_grant,
    "key": _revoke_key,
    "member": _remove_member,
    "right": _take_right,
    "account": _close_account,
}
