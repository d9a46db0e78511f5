"""The lines of an access review: who and what may write where, as it is at this moment."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from guardian.models import GroupObjectPermission

from orchestrator.agents.models import Agent, Grant, Key
from orchestrator.agents.states import AgentState
from orchestrator.duties.lines import NewLine
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import WORKFLOW
from orchestrator.people.rights import Right
from orchestrator.workflows.models import Workflow

UNUSED = dt.timedelta(days=30)
SOON = dt.timedelta(days=14)
DORMANT = dt.timedelta(days=90)
GRANTS, KEYS, RIGHTS = "grants", "keys", "rights"
MEMBERS, STAFF, DORMANT_ACCOUNTS = "members", "staff", "dormant"
RIGHTS_IN_WORDS = {
    "view": "see the workflow",
    "decide": "decide on its proposals",
    "administer": "change its mode and versions",
    "view_personal": "see its personal fields",
    "view_sensitive": "see its sensitive fields",
}


def access_lines(*, at: dt.datetime) -> list[NewLine]:
    """Return a line for everything that lets somebody or something write, decide or administer."""
    people = {person.pk: person for person in User.objects.order_by("username")}
    roles = list(Role.objects.order_by("title"))
    members = _members(roles, people)
    return [
        *_grants(at),
        *_keys(at),
        *_rights(roles, members),
        *_memberships(roles, members),
        *_staff(people),
        *_dormant(people, at),
    ]


def _grants(at: dt.datetime) -> Iterator[NewLine]:
    not_over = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    rows = Grant.objects.filter(not_over).select_related("agent__owner", "workflow")
    for grant in rows.order_by("agent__title", "workflow__title", "object_name", "pk"):
        ends = f"until {day(grant.ends_at)}" if grant.ends_at else "without an end"
        yield NewLine(
            section=GRANTS,
            subject_kind="grant",
            subject_id=str(grant.pk),
            title=f"{grant.agent.title} may {_listed(grant.operations)} {grant.object_name}",
            words=f"In {grant.workflow.title}, {ends}.",
            facts=[
                ("Agent", _named(grant.agent)),
                ("Workflow", grant.workflow.title),
                ("Fields", ", ".join(grant.fields) or "none"),
                ("Only records with", grant.record_filter or "every record"),
                ("From", day(grant.starts_at)),
                ("Until", day(grant.ends_at) if grant.ends_at else "no end"),
                ("Given by", f"{grant.granted_by}: {grant.reason}"),
            ],
            href=reverse("agents:show-agent", args=[grant.agent_id]),
            flags=_standing(grant.agent),
            barred=[grant.agent.owner.username],
        )


def _keys(at: dt.datetime) -> Iterator[NewLine]:
    rows = Key.objects.filter(revoked_at=None, expires_at__gt=at).select_related("agent__owner")
    for key in rows.order_by("agent__title", "prefix"):
        last = day(key.last_used_at) if key.last_used_at else "never"
        yield NewLine(
            section=KEYS,
            subject_kind="key",
            subject_id=key.prefix,
            title=f"Key {key.prefix} of {key.agent.title}",
            words=f"Last used: {last}.",
            facts=[
                ("Agent", _named(key.agent)),
                ("Last used", last),
                ("Expires", day(key.expires_at)),
                ("Issued", f"{day(key.created_at)} by {key.created_by}"),
            ],
            href=reverse("agents:show-agent", args=[key.agent_id]),
            flags=[*_key_flags(key, at), *_standing(key.agent)],
            barred=[key.agent.owner.username],
        )


def _key_flags(key: Key, at: dt.datetime) -> Iterator[str]:
    if (key.last_used_at or key.created_at) < at - UNUSED:
        yield f"not used for {UNUSED.days} days"
    if key.expires_at < at + SOON:
        yield f"expires on {day(key.expires_at)}"


def _standing(agent: Agent) -> list[str]:
    flags = [] if agent.state == AgentState.ACTIVE else [f"the agent is {agent.state}"]
    return flags if agent.owner.is_active else [*flags, "its owner's account is closed"]


def _rights(roles: list[Role], members: dict[int, list[User]]) -> Iterator[NewLine]:
    by_group = {role.group_id: role for role in roles}
    workflows = {str(each.pk): each for each in Workflow.objects.all()}
    rows = GroupObjectPermission.objects.filter(group__in=list(by_group), **WORKFLOW)
    found = rows.order_by("object_pk", "group__role__title", "permission__codename")
    for group_id, key, codename in found.values_list(
        "group_id", "object_pk", "permission__codename"
    ):
        role, workflow = by_group[group_id], workflows.get(key)
        right = codename.removesuffix("_workflow")
        if workflow is not None and right in RIGHTS_IN_WORDS:
            yield _right(role, workflow, right, members[role.pk])


def _right(role: Role, workflow: Workflow, right: str, members: list[User]) -> NewLine:
    names = ", ".join(person.display_name for person in members) or "nobody"
    return NewLine(
        section=RIGHTS,
        subject_kind="right",
        subject_id=f"{role.slug}:{right}:{workflow.slug}",
        title=f"{role.title} may {Right(right).words} {workflow.title}",
        words=f"Its members may {RIGHTS_IN_WORDS[right]}: {names}.",
        facts=[("Role", role.title), ("Workflow", workflow.title), ("Members", names)],
        href=reverse("workflows:show-workflow", args=[workflow.slug]),
        flags=[] if any(person.is_active for person in members) else ["the role has no members"],
        barred=[person.username for person in members],
    )


def _memberships(roles: list[Role], members: dict[int, list[User]]) -> Iterator[NewLine]:
    for role in roles:
        for person in members[role.pk]:
            yield NewLine(
                section=MEMBERS,
                subject_kind="member",
                subject_id=f"{role.slug}:{person.username}",
                title=f"{person.display_name} is a member of {role.title}",
                words=_company(len(members[role.pk])),
                facts=[("Account", person.username), ("Last sign-in", _last_seen(person))],
                href=reverse("people:list-people"),
                flags=[] if person.is_active else ["the account is closed"],
                barred=[person.username],
            )


def _staff(people: dict[int, User]) -> Iterator[NewLine]:
    for person in people.values():
        if person.is_active and (person.is_staff or person.is_superuser):
            what = "superuser: may do everything" if person.is_superuser else "staff"
            yield NewLine(
                section=STAFF,
                subject_kind="staff",
                subject_id=person.username,
                title=f"{person.display_name} is {what}",
                words="Staff fills the roles, and so decides who decides.",
                facts=[("Account", person.username), ("Last sign-in", _last_seen(person))],
                href=reverse("people:list-people"),
                flags=["may administer everything"],
                barred=[person.username],
            )


def _dormant(people: dict[int, User], at: dt.datetime) -> Iterator[NewLine]:
    for person in people.values():
        if person.is_active and (person.last_login or person.date_joined) < at - DORMANT:
            yield NewLine(
                section=DORMANT_ACCOUNTS,
                subject_kind="account",
                subject_id=person.username,
                title=f"{person.display_name} has not signed in for {DORMANT.days} days",
                facts=[("Account", person.username), ("Last sign-in", _last_seen(person))],
                href=reverse("people:list-people"),
                flags=["dormant"],
                barred=[person.username],
            )


def _members(roles: list[Role], people: dict[int, User]) -> dict[int, list[User]]:
    by_group = {role.group_id: role.pk for role in roles}
    found: dict[int, list[User]] = defaultdict(list)
    through: Any = User.groups.through
    pairs = through.objects.filter(group__in=list(by_group)).order_by("user__username")
    for person_id, group_id in pairs.values_list("user_id", "group_id"):
        found[by_group[group_id]].append(people[person_id])
    return found


def day(moment: dt.datetime) -> str:
    """Return a moment's date as lines say it; lines are kept for years, hence in UTC."""
    return f"{moment.astimezone(dt.UTC):%d %b %Y}"


def _last_seen(person: User) -> str:
    return day(person.last_login) if person.last_login else "never"


def _named(agent: Agent) -> str:
    return f"{agent.title} ({agent.environment}), answered for by {agent.owner.display_name}"


def _company(members: int) -> str:
    return "Nobody else is." if members == 1 else f"One of {members} members."


def _listed(words: list[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1]
