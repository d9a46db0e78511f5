"""Who carries which duty now: members, who stands in for them, and fallbacks."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from orchestrator.people.models import Absence, Role, User
from orchestrator.people.resolution import (
    Away,
    Duties,
    Duty,
    Leave,
    Staffing,
    carrier,
    last_carrier,
    stand_in,
)

__all__ = [
    "Duties",
    "Duty",
    "Gap",
    "Staffing",
    "away",
    "carrier",
    "duties_of",
    "in_force",
    "is_member",
    "last_carrier",
    "leaves",
    "reach_of_roles",
    "reachable_members",
    "role_gaps",
    "roles_of",
    "staffing_for",
    "titles_of_roles",
    "unreachable_roles",
]

# Asked for every page: roles and who is away in one statement. Nobody is away at no moment (NULL).
STAFFING = """
WITH leave AS MATERIALIZED (
  SELECT a.person_id, CASE WHEN d.is_active THEN d.id END AS delegate_id, u.username,
    coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username) AS name, a.ends_at
  FROM people_absence a
  JOIN people_user u ON u.id = a.person_id
  LEFT JOIN people_user d ON d.id = a.delegate_id
  WHERE u.is_active AND a.cancelled_at IS NULL AND a.starts_at <= %(at)s AND a.ends_at > %(at)s
)
SELECT r.id, r.fallback_id, r.slug, r.title, NULL AS until,
  EXISTS (
    SELECT FROM people_user_groups g JOIN people_user u ON u.id = g.user_id
    WHERE g.group_id = r.group_id AND u.is_active
      AND NOT EXISTS (SELECT FROM leave l WHERE l.person_id = u.id)
  ) AS present,
  EXISTS (
    SELECT FROM people_user_groups g JOIN people_user u ON u.id = g.user_id
    WHERE g.group_id = r.group_id AND u.id = %(person)s AND u.is_active
  ) AS mine,
  ARRAY(
    SELECT l.person_id FROM leave l JOIN people_user_groups g ON g.user_id = l.person_id
    WHERE g.group_id = r.group_id ORDER BY l.username
  ) AS absent
FROM people_role r
UNION ALL
SELECT person_id, delegate_id, username, name, ends_at, NULL, NULL, NULL FROM leave
"""
IS_MEMBER = """
SELECT EXISTS (
  SELECT FROM people_user u
  JOIN people_user_groups g ON g.user_id = u.id
  JOIN people_role r ON r.group_id = g.group_id
  WHERE u.id = %s AND u.is_active AND r.id = %s
)
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """A role in which nobody can be reached now, and who carries its duty instead."""

    slug: str
    title: str
    # The role that carries it; empty where staff have to.
    carried_by: str
    # It has no way on of its own left: ops owners or staff carry it.
    last_resort: bool


def away(*, at: dt.datetime) -> dict[int, Absence]:
    """Return the absences that are in force, by the person who is away."""
    rows = in_force(at=at).select_related("person", "delegate")
    return {row.person_id: row for row in rows}


def in_force(*, at: dt.datetime) -> QuerySet[Absence]:
    """Return the absences that run at that moment."""
    return Absence.objects.filter(cancelled_at=None, starts_at__lte=at, ends_at__gt=at)


def leaves(*, at: dt.datetime | None) -> Away:
    """Return everybody who is away at that moment and who was chosen to stand in."""
    if at is None:
        return {}
    return {
        person_id: Leave(
            person=person_id,
            username=row.person.username,
            name=row.person.display_name,
            until=row.ends_at,
            delegate=row.delegate_id if row.delegate and row.delegate.is_active else None,
        )
        for person_id, row in away(at=at).items()
        if row.person.is_active
    }


def staffing_for(
    user: User | None = None,
    *,
    at: dt.datetime | None = None,
    without: tuple[int, int] | None = None,
) -> dict[int, Staffing]:
    """
    Return every role's staffing, marked with the user's own roles, in one query.

    Without a moment nobody is away: how it is configured. `without` is a (role, person) pair that
    is left out: how it would be after a removal.
    """
    found = _read(user, at)[0]
    if without is not None:
        role_id, person_id = without
        others = User.objects.filter(groups__role=role_id, is_active=True).exclude(pk=person_id)
        found[role_id] = replace(found[role_id], staffed=others.exists(), mine=False)
    return found


def duties_of(*, user: User, at: dt.datetime | None = None) -> Duties:
    """Return what this person carries now, and for whom they stand in, in one query."""
    staffing, absent = _read(user, at)
    carried = {role_id: _duty(role_id, staffing, user) for role_id in staffing}
    return Duties(
        roles={role_id: duty for role_id, duty in carried.items() if duty is not None},
        stands_in_for=tuple(
            leave
            for leave in absent.values()
            if leave.person != user.pk and stand_in(leave.person, absent) == user.pk
        ),
    )


def roles_of(*, user: User, at: dt.datetime | None = None) -> set[int]:
    """Return the roles whose duty this person carries now, directly, for others or as fallback."""
    return set(duties_of(user=user, at=at).roles)


def titles_of_roles(*, user: User, at: dt.datetime | None = None) -> dict[int, str]:
    """Return the roles whose duty this person carries now, with their titles, in one query."""
    duties = duties_of(user=user, at=at)
    return {role_id: duty.title for role_id, duty in duties.roles.items()}


def is_member(*, user: User, role_id: int) -> bool:
    """
    Say whether the person is an active member of the role itself: the common case, cheaply.

    Whoever is away stays a member: who looks in from a holiday decides in their own place.
    """
    with connection.cursor() as cursor:
        cursor.execute(IS_MEMBER, [user.pk, role_id])
        return bool(cursor.fetchone()[0])


def reachable_members(*, role: Role, at: dt.datetime | None = None) -> list[User]:
    """Return who fills the places of the role, or of the first one behind it where anybody does."""
    staffing, absent = _read(None, at)
    carried_by = last_carrier(role.pk, staffing)
    if carried_by is None:
        return list(User.objects.filter(is_staff=True, is_active=True).order_by("username"))
    standing_in = {stand_in(each, absent) for each in staffing[carried_by].absent} - {None}
    there = Q(groups__role=carried_by) & ~Q(pk__in=list(absent))
    members = User.objects.filter(there | Q(pk__in=standing_in), is_active=True)
    return list(members.order_by("username").distinct())


def reach_of_roles(*, slugs: Collection[str]) -> dict[str, int]:
    """Return how many people each of these roles has been given; unknown roles are left out."""
    staffing = staffing_for()
    counts: dict[str, int] = {}
    for role_id, role in staffing.items():
        if role.slug in slugs:
            carried_by = carrier(role_id, staffing)
            members = User.objects.filter(groups__role=carried_by, is_active=True)
            counts[role.slug] = members.count() if carried_by is not None else 0
    return counts


def role_gaps(*, at: dt.datetime) -> list[Gap]:
    """Return every role in which nobody can be reached now, in one query."""
    staffing, _ = _read(None, at)
    gaps = []
    for role_id, role in staffing.items():
        if role.staffed:
            continue
        found = last_carrier(role_id, staffing)
        gaps.append(
            Gap(
                slug=role.slug,
                title=role.title,
                carried_by=staffing[found].title if found is not None else "",
                last_resort=carrier(role_id, staffing) is None,
            )
        )
    return sorted(gaps, key=lambda gap: (not gap.last_resort, gap.title))


def unreachable_roles(*, at: dt.datetime) -> list[Gap]:
    """Return the roles that reach nobody, fallbacks included: ops owners or staff carry them."""
    return [gap for gap in role_gaps(at=at) if gap.last_resort]


def _duty(role_id: int, staffing: dict[int, Staffing], user: User) -> Duty | None:
    title = staffing[role_id].title
    if staffing[role_id].mine:
        return Duty(title, own=True)
    found = last_carrier(role_id, staffing)
    if found is None:
        staff = user.is_staff and user.is_active
        return Duty(title, last_resort=True) if staff else None
    if staffing[found].mine:
        return Duty(title, own=True)
    places = staffing[found].for_others
    return Duty(title, places_of=places) if places else None


def _read(user: User | None, at: dt.datetime | None) -> tuple[dict[int, Staffing], Away]:
    """Return every role with its places filled, and everybody who is away."""
    person = user.pk if user is not None else None
    with connection.cursor() as cursor:
        cursor.execute(STAFFING, {"at": at, "person": person})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    away_now: dict[int, Leave] = {}
    roles: dict[int, Staffing] = {}
    for key, other, name, words, until, present, mine, absent in rows:
        if until is not None:
            away_now[key] = Leave(key, name, words, until, other)
        else:
            roles[key] = Staffing(other, present, mine, words, slug=name, absent=tuple(absent))
    return {key: role.filled(away_now, person) for key, role in roles.items()}, away_now
