"""Who is in which role now, read once for a batch."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from orchestrator.people.models import Role, User

LAST_RESORT = "ops-owner"


@dataclass(frozen=True, slots=True)
class Directory:
    """Every role by its name, and the user names of its active members."""

    roles: dict[str, Role]
    members: dict[int, frozenset[str]]

    def chain(self, slug: str) -> Iterator[Role]:
        """Yield a role, its fallbacks one after the other, then the last resort; each once."""
        by_id = {role.pk: role for role in self.roles.values()}
        seen: set[int] = set()
        role = self.roles.get(slug)
        while role is not None and role.pk not in seen:
            seen.add(role.pk)
            yield role
            role = by_id.get(role.fallback_id) if role.fallback_id else None
        last = self.roles.get(LAST_RESORT)
        if last is not None and last.pk not in seen:
            yield last

    def able(self, role: Role, barred: Collection[str]) -> frozenset[str]:
        """Return the members of a role who may decide."""
        return self.members.get(role.pk, frozenset()).difference(barred)


def load() -> Directory:
    """Read all roles and their active members."""
    members: dict[int, set[str]] = {}
    held = User.objects.filter(is_active=True, groups__role__isnull=False)
    for role_id, username in held.values_list("groups__role", "username"):
        members.setdefault(role_id, set()).add(username)
    return Directory(
        roles={role.slug: role for role in Role.objects.all()},
        members={role_id: frozenset(names) for role_id, names in members.items()},
    )
