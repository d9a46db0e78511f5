"""Renaming a role, giving it another fallback, removing one that nothing names any more."""

import datetime as dt
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import ProtectedError

from audit import ledger
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError, ReasonNeeded
from orchestrator.people import queries
from orchestrator.people.models import Role
from orchestrator.people.operations import NobodyReachable, lock_roles

# What names a role outside this package, in words; asked before one is removed.
Uses = Callable[[Role], Iterable[str]]
_uses: list[Uses] = []


class FallbackCircle(DomainError):
    """A role that falls back to itself on the way reaches nobody."""

    code, status, title = "fallback_circle", 409, "The fallbacks would go round in a circle"


class RoleInUse(DomainError):
    """Something still names the role."""

    code, status, title = "role_in_use", 409, "The role is in use"


def register(uses: Uses) -> None:
    """Add what may name a role; called once, when the app that knows it is ready."""
    if uses not in _uses:
        _uses.append(uses)


@transaction.atomic
def change_role(
    *, role: Role, title: str, description: str, fallback: Role | None, by: Actor, at: dt.datetime
) -> bool:
    """
    Give a role another title, description or fallback; say whether that changed anything.

    Its name stays: workflow files and the ledger know it by that.

    :raises FallbackCircle: if it would fall back to itself, over others or at once
    :raises NobodyReachable: if a role could then reach nobody that reaches somebody now
    """
    lock_roles()
    before = queries.staffing_for()
    locked = Role.objects.select_related("fallback").get(pk=role.pk)
    changed = {
        name: f"{old or ''} → {new or ''}"
        for name, old, new in (
            ("title", locked.title, title.strip()),
            ("description", locked.description, description.strip()),
            (
                "fallback",
                locked.fallback.slug if locked.fallback else "",
                fallback.slug if fallback else "",
            ),
        )
        if old != new
    }
    if not changed:
        return False
    _check_no_circle(role, fallback)
    locked.title, locked.description = title.strip(), description.strip()
    locked.fallback = fallback
    locked.save(update_fields=["title", "description", "fallback"])
    _check_all_reached(before)
    _record("role.changed", role, changed, by, at)
    return True


@transaction.atomic
def remove_role(*, role: Role, reason: str, by: Actor, at: dt.datetime) -> None:
    """
    Remove a role that nothing names: no member, no fallback of another, no workflow, no decision.

    :raises ReasonNeeded: if no reason is given
    :raises RoleInUse: if something names it, with everything that does
    """
    if not reason.strip():
        raise ReasonNeeded("Say why; it stands in the ledger beside your name.")
    lock_roles()
    named = list(uses_of(role))
    if named:
        raise RoleInUse(f"{role.title} cannot be removed: {'; '.join(named)}.")
    group = role.group
    try:
        # A savepoint of its own: what history refers to is only found by trying.
        with transaction.atomic():
            role.delete()
            group.delete()
    except ProtectedError as error:
        raise RoleInUse(
            f"{role.title} has decided, or was on call: its name stays in that history. Without "
            "members and rights it carries nothing."
        ) from error
    _record("role.removed", role, {"reason": reason.strip()}, by, at)


def uses_of(role: Role) -> Iterable[str]:
    """Yield what names a role now, in words."""
    members = role.group.user_set.count()
    if members:
        yield f"it has {members} member{'s' if members > 1 else ''}"
    for other in Role.objects.filter(fallback=role):
        yield f"{other.title} falls back to it"
    for uses in _uses:
        yield from uses(role)


def _check_no_circle(role: Role, fallback: Role | None) -> None:
    seen, current = {role.pk}, fallback
    while current is not None:
        if current.pk in seen:
            raise FallbackCircle(
                f"{current.title} falls back to {role.title} already. Choose another fallback."
            )
        seen.add(current.pk)
        current = current.fallback


def _check_all_reached(before: dict[int, queries.Staffing]) -> None:
    after = queries.staffing_for()
    lost = [
        after[key].title
        for key in before
        if queries.carrier(key, before) is not None and queries.carrier(key, after) is None
    ]
    if lost:
        raise NobodyReachable(
            f"Nobody could be reached any more for {', '.join(lost)}. Add a member first."
        )


def _record(event: str, role: Role, detail: dict[str, str], by: Actor, at: dt.datetime) -> None:
    ledger.record(
        event=event, by=by, at=at, subject_kind="role", subject_id=role.slug, detail=dict(detail)
    )
