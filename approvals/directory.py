"""Who is in which role now, read once for a batch."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from orchestrator.people import queries
from orchestrator.people.models import Role, User
from orchestrator.people.resolution import LAST_RESORT, stand_in

__all__ = ["LAST_RESORT", "Directory", "load"]


@dataclass(frozen=True, slots=True)
class Directory:
    """Every role by its name, its active members who are there, and who stands in for others."""

    roles: dict[str, Role]
    members: dict[int, frozenset[str]]
    # By role: a member who is away, and who fills their place.
    standing_in: dict[int, frozenset[tuple[str, str]]] = field(default_factory=dict)

    def chain(self, slug: str) -> Iterator[Role]:
        """Yield a role and its fallbacks, then the last resort and its fallbacks; each once."""
        by_id = {role.pk: role for role in self.roles.values()}
        seen: set[int] = set()
        for start in (slug, LAST_RESORT):
            role = self.roles.get(start)
            while role is not None and role.pk not in seen:
                seen.add(role.pk)
                yield role
                role = by_id.get(role.fallback_id) if role.fallback_id else None

    def able(self, role: Role, barred: Collection[str]) -> frozenset[str]:
        """Return who may decide for a role: one place each, whoever's places they fill."""
        others = {
            decider
            for member, decider in self.standing_in.get(role.pk, ())
            if member not in barred and decider not in barred
        }
        return self.members.get(role.pk, frozenset()).difference(barred) | others


def load(*, at: dt.datetime | None = None) -> Directory:
    """Read all roles and who fills their places; without a moment nobody is away."""
    leaves = queries.leaves(at=at)
    fillers = {person: stand_in(person, leaves) for person in leaves}
    wanted = {found for found in fillers.values() if found is not None}
    names = dict(User.objects.filter(pk__in=wanted).values_list("pk", "username")) if wanted else {}
    members: dict[int, set[str]] = {}
    standing_in: dict[int, set[tuple[str, str]]] = {}
    held = User.objects.filter(is_active=True, groups__role__isnull=False)
    for role_id, person, username in held.values_list("groups__role", "pk", "username"):
        if person not in leaves:
            members.setdefault(role_id, set()).add(username)
        elif (filler := fillers[person]) is not None:
            standing_in.setdefault(role_id, set()).add((username, names[filler]))
    return Directory(
        roles={role.slug: role for role in Role.objects.select_related("calendar")},
        members={role_id: frozenset(names) for role_id, names in members.items()},
        standing_in={role_id: frozenset(pairs) for role_id, pairs in standing_in.items()},
    )
