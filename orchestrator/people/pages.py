"""What the page of people and roles shows."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from orchestrator.people.forms import MemberForm, PersonForm, RoleForm
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import may_administer_people
from orchestrator.people.queries import carrier, staffing_for


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role with its members, and which role carries its duty now."""

    role: Role
    members: list[User]
    carried_by: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person with the roles they are in."""

    person: User
    roles: list[str]


def people_and_roles(
    person: User, *, role_form: RoleForm | None = None, person_form: PersonForm | None = None
) -> dict[str, Any]:
    """Return every role and every person."""
    roles = list(Role.objects.select_related("fallback", "group"))
    people = list(User.objects.order_by("username"))
    members, roles_of = _memberships(roles, people)
    administers = may_administer_people(person)
    return {
        "roles": _rows(roles, members),
        "people": [PersonRow(each, roles_of[each.pk]) for each in people],
        "administers": administers,
        "role_form": role_form or RoleForm(auto_id="role_%s"),
        "person_form": person_form or PersonForm(auto_id="person_%s"),
        "candidates": [each for each in people if each.is_active] if administers else [],
        "member_form": MemberForm(),
    }


def _memberships(
    roles: list[Role], people: list[User]
) -> tuple[dict[int, list[User]], dict[int, list[str]]]:
    known = {person.pk: person for person in people}
    by_group = {role.group_id: role for role in roles}
    members: dict[int, list[User]] = defaultdict(list)
    titles: dict[int, list[str]] = defaultdict(list)
    membership: Any = User.groups.through
    pairs = membership.objects.filter(group__in=list(by_group))
    for person_id, group_id in pairs.values_list("user_id", "group_id"):
        role = by_group[group_id]
        members[role.pk].append(known[person_id])
        titles[person_id].append(role.title)
    return members, titles


def _rows(roles: list[Role], members: dict[int, list[User]]) -> list[RoleRow]:
    staffing = staffing_for()
    titles = {role.pk: role.title for role in roles}
    rows = []
    for role in roles:
        found = carrier(role.pk, staffing)
        carried_by = titles[found] if found is not None else ""
        rows.append(RoleRow(role, sorted(members[role.pk], key=_name), carried_by))
    return rows


def _name(person: User) -> str:
    return person.display_name
