"""Roles by the directory's groups: what a sign-in gives and takes, and who says which."""

import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, transaction
from guardian.models import GroupObjectPermission

from audit import ledger
from orchestrator.identity.models import DirectoryMembership, GroupRole
from orchestrator.kernel.actors import system
from orchestrator.kernel.errors import DomainError
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import notify
from orchestrator.people.models import Role, User
from orchestrator.people.operations import NobodyReachable, NotAMember, add_member, remove_member
from orchestrator.people.permissions import ADMINISTRATORS, check_may_administer_people
from orchestrator.people.rights import Right

DIRECTORY = system("directory")
NO_LONGER = "The directory's groups no longer give it."
MAPPED_ONCE = "group_gives_role_once"


class GroupMapped(DomainError):
    """The group gives this role already."""

    code, status, title = "group_mapped", 409, "It gives this role already"


class NotAcknowledged(DomainError):
    """A role that administers is given by a group only if somebody says that they know it."""

    code, status, title = "not_acknowledged", 422, "This role administers"


@transaction.atomic
def map_group(
    *, group: str, role: Role, acknowledged: bool, by: User, at: dt.datetime
) -> GroupRole:
    """
    Let a group of the directory give a role, from the next sign-in of each member on.

    :raises NotAllowed: if `by` is not staff
    :raises NotAcknowledged: if the role administers and nobody said that they know
    :raises GroupMapped: if it gives this role already
    """
    check_may_administer_people(by)
    if administers(role) and not acknowledged:
        raise NotAcknowledged(
            f"{role.title} can administer: say that you know that everybody in this group comes to."
        )
    try:
        with transaction.atomic():
            mapped = GroupRole.objects.create(group=group, role=role)
    except IntegrityError as clash:
        if MAPPED_ONCE not in str(clash):
            raise
        raise GroupMapped(f"{group} gives {role.title} already.") from clash
    _record("directory.group_mapped", by, at, group=group, role=role.slug)
    return mapped


@transaction.atomic
def unmap_group(*, mapped: GroupRole, by: User, at: dt.datetime) -> None:
    """
    Stop letting a group give a role; who holds it keeps it until their next sign-in.

    :raises NotAllowed: if `by` is not staff
    """
    check_may_administer_people(by)
    _record("directory.group_unmapped", by, at, group=mapped.group, role=mapped.role.slug)
    mapped.delete()


def administers(role: Role) -> bool:
    """Say whether the role reaches further than deciding: people, agents, workflows."""
    if role.slug == ADMINISTRATORS:
        return True
    rights = GroupObjectPermission.objects.filter(group_id=role.group_id)
    return rights.filter(permission__codename=Right.ADMINISTER.codename).exists()


@transaction.atomic
def apply_groups(*, person: User, groups: Collection[str], at: dt.datetime) -> None:
    """Give and take what the person's groups say; what somebody gave by hand is left alone."""
    given = {
        row.role_id: row.role
        for row in GroupRole.objects.filter(group__in=list(groups)).select_related("role")
    }
    had = {
        row.role_id: row
        for row in DirectoryMembership.objects.filter(person=person).select_related("role")
    }
    for role in (role for pk, role in given.items() if pk not in had):
        if add_member(role=role, person=person, by=DIRECTORY, at=at):
            DirectoryMembership.objects.create(person=person, role=role)
    for row in (row for pk, row in had.items() if pk not in given):
        _take(row, person, at)


def _take(row: DirectoryMembership, person: User, at: dt.datetime) -> None:
    try:
        with transaction.atomic():
            remove_member(role=row.role, person=person, reason=NO_LONGER, by=DIRECTORY, at=at)
    except NotAMember:
        # Somebody took them out by hand before.
        row.delete()
    except NobodyReachable as refusal:
        _report(row.role, person, refusal.detail, at)
    else:
        row.delete()


def _report(role: Role, person: User, why: str, at: dt.datetime) -> None:
    """Say that the last one stays: work that nobody sees would be worse than a late leaving."""
    ledger.record(
        event="directory.membership_kept",
        by=DIRECTORY,
        at=at,
        subject_kind="person",
        subject_id=person.username,
        detail={"role": role.slug, "reason": why},
    )
    message = Message(
        event="directory.membership_kept",
        urgency=Urgency.HIGH,
        title=f"{person.display_name} stays in {role.title}: nobody else could be reached",
        path="/people/",
        subject_kind="person",
        subject_id=person.username,
        key=f"membership-kept:{person.username}:{role.slug}:{at.date().isoformat()}",
        lines=("The directory no longer gives it. Add somebody else to the role.",),
    )
    notify(people=list(User.objects.filter(is_staff=True, is_active=True)), message=message, at=at)


def _record(event: str, by: User, at: dt.datetime, **detail: str) -> None:
    ledger.record(
        event=event,
        by=by.actor,
        at=at,
        subject_kind="role",
        subject_id=detail["role"],
        detail=detail,
    )
