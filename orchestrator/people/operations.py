"""Changes to roles, their members and their rights; each is written to the ledger."""

import datetime as dt

from django.contrib.auth.models import Group
from django.db import models, transaction
from guardian.shortcuts import assign_perm, remove_perm

from audit import ledger
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.people import permissions, queries
from orchestrator.people.models import Role, User
from orchestrator.people.rights import Right


class RoleExists(DomainError):
    """Another role has this name."""

    code, status, title = "role_exists", 409, "The role exists already"


class NotAMember(DomainError):
    """The person is not in the role."""

    code, status, title = "not_a_member", 409, "Not a member"


class InactivePerson(DomainError):
    """Somebody who cannot sign in cannot carry a duty."""

    code, status, title = "inactive_person", 409, "The person is not active"


class NobodyReachable(DomainError):
    """The change would leave a duty without anybody to carry it."""

    code, status, title = "nobody_reachable", 409, "Nobody would be left"


class NoSuchRight(DomainError):
    """The role was not given this right."""

    code, status, title = "no_such_right", 409, "No such right"


@transaction.atomic
def create_role(
    *,
    slug: str,
    title: str,
    description: str,
    fallback: Role | None,
    by: Actor,
    at: dt.datetime,
) -> Role:
    """
    Create a role without members.

    :raises RoleExists: if the name is taken
    """
    if Role.objects.filter(slug=slug).exists():
        raise RoleExists(f"There is a role {slug!r} already; choose another name.")
    group, _ = Group.objects.get_or_create(name=slug)
    role = Role.objects.create(
        slug=slug, title=title, description=description, group=group, fallback=fallback
    )
    ledger.record(
        event="role.created",
        by=by,
        at=at,
        subject_kind="role",
        subject_id=slug,
        detail={"title": title, "fallback": fallback.slug if fallback else ""},
    )
    return role


@transaction.atomic
def add_member(*, role: Role, person: User, by: Actor, at: dt.datetime) -> bool:
    """
    Add a person to the role; say whether they were not in it before.

    :raises InactivePerson: if the person cannot sign in
    """
    lock_roles()
    if not person.is_active:
        raise InactivePerson(f"{person.username} is not active; activate the account first.")
    if person.groups.filter(pk=role.group_id).exists():
        return False
    person.groups.add(role.group)
    _record_member("role.member_added", role, {"person": person.username}, by, at)
    return True


@transaction.atomic
def remove_member(*, role: Role, person: User, reason: str, by: Actor, at: dt.datetime) -> None:
    """
    Take a person out of the role.

    :raises NotAMember: if the person is not in it
    :raises NobodyReachable: if some role could then reach nobody, fallbacks included
    """
    lock_roles()
    if not person.groups.filter(pk=role.group_id).exists():
        raise NotAMember(f"{person.username} is not a member of {role.title}.")
    stranded = _stranded_without(role, person)
    if stranded:
        raise NobodyReachable(
            f"Nobody could be reached any more for {', '.join(stranded)}. Add somebody else, or "
            "a fallback with members, first."
        )
    person.groups.remove(role.group)
    detail = {"person": person.username, "reason": reason}
    _record_member("role.member_removed", role, detail, by, at)


@transaction.atomic
def grant_right(
    *, role: Role, workflow: models.Model, right: str, by: Actor, at: dt.datetime
) -> bool:
    """Give the role a right on a workflow; say whether it did not have it before."""
    wanted = Right(right)
    if permissions.role_has_right(role, workflow, wanted):
        return False
    assign_perm(wanted.codename, role.group, workflow)
    detail = {"role": role.slug, "right": wanted.value}
    _record_right("workflow.right_granted", workflow, detail, by, at)
    return True


@transaction.atomic
def take_right(
    *, role: Role, workflow: models.Model, right: str, reason: str, by: Actor, at: dt.datetime
) -> None:
    """
    Take a right on a workflow from the role.

    :raises NoSuchRight: if the role was not given it
    """
    wanted = Right(right)
    if not permissions.role_has_right(role, workflow, wanted):
        raise NoSuchRight(f"{role.title} has no right to {wanted} here.")
    remove_perm(wanted.codename, role.group, workflow)
    detail = {"role": role.slug, "right": wanted.value, "reason": reason}
    _record_right("workflow.right_taken", workflow, detail, by, at)


def _record_right(
    event: str, workflow: models.Model, detail: dict[str, str], by: Actor, at: dt.datetime
) -> None:
    slug = str(workflow.slug)  # type: ignore[attr-defined]  # a workflow; people know no workflows
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="workflow",
        subject_id=slug,
        workflow=slug,
        detail=detail,
    )


def lock_roles() -> None:
    """Make changes of membership wait for one another: roles depend on their fallbacks."""
    list(Role.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def _stranded_without(role: Role, person: User) -> list[str]:
    """Return the titles of roles that reach somebody now and would reach nobody."""
    before = queries.staffing_for()
    after = queries.staffing_for(without=(role.pk, person.pk))
    lost = [
        role_id
        for role_id in before
        if queries.carrier(role_id, before) is not None and queries.carrier(role_id, after) is None
    ]
    return list(Role.objects.filter(pk__in=lost).values_list("title", flat=True))


def _record_member(
    event: str, role: Role, detail: dict[str, str], by: Actor, at: dt.datetime
) -> None:
    ledger.record(
        event=event, by=by, at=at, subject_kind="role", subject_id=role.slug, detail=detail
    )
