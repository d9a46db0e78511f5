"""Who carries which duty now: members, and fallbacks where a role has nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Exists, OuterRef

from orchestrator.people.models import Role, User


@dataclass(frozen=True, slots=True)
class Staffing:
    """What resolving a role needs to know of it."""

    fallback: int | None
    staffed: bool
    mine: bool
    title: str = ""


def carrier(role_id: int, staffing: Mapping[int, Staffing]) -> int | None:
    """Return the first role with active members on the way along the fallbacks, or None."""
    seen: set[int] = set()
    current: int | None = role_id
    while current is not None and current not in seen:
        seen.add(current)
        if staffing[current].staffed:
            return current
        current = staffing[current].fallback
    return None


def staffing_for(
    user: User | None = None, *, without: tuple[int, int] | None = None
) -> dict[int, Staffing]:
    """
    Return every role's staffing, marked with the user's own roles, in one query.

    `without` is a (role, person) pair that is left out: how it would be after a removal.
    """
    active = User.objects.filter(groups=OuterRef("group"), is_active=True)
    mine = active.filter(pk=user.pk) if user else User.objects.none()
    rows = Role.objects.annotate(staffed=Exists(active), mine=Exists(mine))
    found = {row.pk: Staffing(row.fallback_id, row.staffed, row.mine, row.title) for row in rows}
    if without is not None:
        role_id, person_id = without
        others = User.objects.filter(groups__role=role_id, is_active=True).exclude(pk=person_id)
        found[role_id] = replace(found[role_id], staffed=others.exists(), mine=False)
    return found


def reachable_members(*, role: Role) -> list[User]:
    """Return the active members of the role, or of the first fallback that has any."""
    carried_by = carrier(role.pk, staffing_for())
    if carried_by is None:
        return []
    members = User.objects.filter(groups__role=carried_by, is_active=True)
    return list(members.order_by("username"))


IS_MEMBER = """
SELECT EXISTS (
  SELECT FROM people_user u
  JOIN people_user_groups g ON g.user_id = u.id
  JOIN people_role r ON r.group_id = g.group_id
  WHERE u.id = %s AND u.is_active AND r.id = %s
)
"""


def is_member(*, user: User, role_id: int) -> bool:
    """Say whether the person is an active member of the role itself: the common case, cheaply."""
    with connection.cursor() as cursor:
        cursor.execute(IS_MEMBER, [user.pk, role_id])
        return bool(cursor.fetchone()[0])


def roles_of(*, user: User) -> set[int]:
    """Return the roles whose duty this person carries now, directly or as a fallback."""
    return set(titles_of_roles(user=user))


def titles_of_roles(*, user: User) -> dict[int, str]:
    """Return the roles whose duty this person carries now, with their titles, in one query."""
    staffing = staffing_for(user)
    carriers = {role_id: carrier(role_id, staffing) for role_id in staffing}
    return {
        role_id: staffing[role_id].title
        for role_id, carried_by in carriers.items()
        if carried_by is not None and staffing[carried_by].mine
    }


def reach_of_roles(*, slugs: set[str]) -> dict[str, int]:
    """Return how many people each of these roles reaches; unknown roles are left out."""
    staffing = staffing_for()
    wanted = dict(Role.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    counts: dict[str, int] = {}
    for slug, role_id in wanted.items():
        carried_by = carrier(role_id, staffing)
        members = User.objects.filter(groups__role=carried_by, is_active=True)
        counts[slug] = members.count() if carried_by is not None else 0
    return counts
