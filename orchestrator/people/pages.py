"""What the page of people and roles shows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.people.forms import InvitationForm, MemberForm, PersonForm, RoleForm
from orchestrator.people.models import Absence, Role, User
from orchestrator.people.permissions import may_administer_people
from orchestrator.people.person_pages import absence_lines
from orchestrator.people.queries import Gap, role_gaps

# A search finds the rest.
PEOPLE_SHOWN = 200


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role with its members, and which role carries its duty now."""

    role: Role
    members: list[User]
    # Itself or one of its fallbacks.
    carried_by: str
    # Who decides as the last resort, where none of those has anybody.
    instead: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person with the roles they are in."""

    person: User
    roles: list[str]
    away: Absence | None = None


def people_and_roles(
    person: User,
    *,
    at: dt.datetime,
    role_form: RoleForm | None = None,
    person_form: PersonForm | None = None,
    invitation_form: InvitationForm | None = None,
    text: str = "",
) -> dict[str, Any]:
    """Return every role and every person, who is away, and where nobody can be reached."""
    roles = list(Role.objects.select_related("fallback", "group"))
    people = list(User.objects.order_by("username"))
    members, roles_of = _memberships(roles, people)
    administers = may_administer_people(person)
    absent = absence_lines(reader=person, at=at)
    away = {line.absence.person_id: line.absence for line in absent if line.running}
    gaps = role_gaps(at=at)
    found = [each for each in people if _fits(each, text)][:PEOPLE_SHOWN]
    return {
        "at": at,
        "gaps": gaps,
        "unreachable": sum(1 for gap in gaps if gap.last_resort),
        "absences": absent,
        "roles": _rows(roles, members, gaps),
        "people": [PersonRow(each, roles_of[each.pk], away.get(each.pk)) for each in found],
        "text": text,
        "more": len(people) > PEOPLE_SHOWN and len(found) == PEOPLE_SHOWN,
        "administers": administers,
        "role_form": role_form or RoleForm(auto_id="role_%s"),
        "person_form": person_form or PersonForm(auto_id="person_%s"),
        "invitation_form": invitation_form or InvitationForm(auto_id="invite_%s"),
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


def _rows(roles: list[Role], members: dict[int, list[User]], gaps: Sequence[Gap]) -> list[RoleRow]:
    lacking = {gap.slug: gap for gap in gaps}
    rows = []
    for role in roles:
        gap = lacking.get(role.slug)
        carried_by = role.title if gap is None else "" if gap.last_resort else gap.carried_by
        instead = (gap.carried_by or "Staff") if gap is not None and gap.last_resort else ""
        rows.append(RoleRow(role, sorted(members[role.pk], key=_name), carried_by, instead))
    return rows


def _fits(person: User, text: str) -> bool:
    """Say whether every word of a search stands in the person's names or address."""
    known = f"{person.display_name} {person.username} {person.email}".casefold()
    return all(word in known for word in text.casefold().split())


def _name(person: User) -> str:
    return person.display_name
