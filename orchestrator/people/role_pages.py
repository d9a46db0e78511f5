"""What the page of one role shows: who is in it, who stands behind it, what it may do where."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from guardian.models import GroupObjectPermission

from audit import queries as ledger
from orchestrator.people.forms import RoleChangeForm
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import (
    WORKFLOW,
    may_administer_people,
    workflows_with_right,
)
from orchestrator.people.queries import reachable_members
from orchestrator.people.rights import Right
from orchestrator.people.role_changes import uses_of

HISTORY_SHOWN = 12


@dataclass(frozen=True, slots=True)
class RightLine:
    """What a role may do with one workflow."""

    slug: str
    title: str
    rights: list[str]


def role_page(role: Role, person: User, *, at: dt.datetime, **more: Any) -> dict[str, Any]:
    """Return everything that the page of a role shows."""
    staff = may_administer_people(person)
    given = {"title": role.title, "description": role.description, "fallback": role.fallback}
    members = list(role.group.user_set.order_by("first_name", "last_name", "username"))
    inside = {each.pk for each in members}
    active = User.objects.filter(is_active=True).order_by("first_name", "last_name", "username")
    return {
        "role": role,
        "members": members,
        "reached": reachable_members(role=role, at=at),
        "behind": list(Role.objects.filter(fallback=role)),
        "rights": rights_of(role, None if staff else workflows_with_right(person, Right.VIEW)),
        "history": ledger.subject_history(kind="role", id=role.slug, limit=HISTORY_SHOWN),
        "administers": staff,
        "candidates": [each for each in active if each.pk not in inside] if staff else [],
        "form": RoleChangeForm(role=role, initial=given, auto_id="change_%s") if staff else None,
        "uses": list(uses_of(role)) if staff else [],
        "problem": None,
        **more,
    }


def rights_of(role: Role, visible: set[int] | None) -> list[RightLine]:
    """Return a role's rights by workflow, of those that may be seen, or of all."""
    rows = GroupObjectPermission.objects.filter(group=role.group_id, **WORKFLOW)
    found: dict[int, list[str]] = defaultdict(list)
    for pk, codename in rows.order_by("pk").values_list("object_pk", "permission__codename"):
        if visible is None or int(pk) in visible:
            found[int(pk)].append(codename.removesuffix("_workflow"))
    # By content type: this package stands below workflows and does not know their model.
    kind = ContentType.objects.get_by_natural_key("workflows", "workflow")
    titles = kind.get_all_objects_for_this_type(pk__in=list(found))
    return sorted(
        (
            RightLine(slug, title, found[pk])
            for pk, slug, title in titles.values_list("pk", "slug", "title")
        ),
        key=lambda line: line.title,
    )
