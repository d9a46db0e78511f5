"""What people choose from: filters of the inbox, and whom to hand a review to."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Value
from guardian.models import GroupObjectPermission

from approvals.models import Proposal, Review
from orchestrator.agents.models import Agent
from orchestrator.people.models import Role, User
from orchestrator.people.queries import in_force
from orchestrator.people.rights import Right
from orchestrator.workflows.models import Workflow

LONGEST_LIST = 200


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """Workflows and agents by (name in the address, title)."""

    workflows: list[tuple[str, str]] = field(default_factory=list)
    agents: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Takers:
    """Who could take a review over."""

    roles: list[Role] = field(default_factory=list)
    people: list[User] = field(default_factory=list)


def filter_choices(*, workflows: Collection[int]) -> FilterChoices:
    """Return what the lists may be narrowed to, in one query."""
    flows = Workflow.objects.filter(pk__in=workflows).order_by()
    agents = Agent.objects.order_by()
    rows = (flows.annotate(tag=Value("workflow")).values_list("tag", "title", "slug")).union(
        agents.annotate(tag=Value("agent")).values_list("tag", "title", "slug"), all=True
    )
    found = sorted(rows)
    return FilterChoices(
        [(slug, title) for tag, title, slug in found if tag == "workflow"],
        [(slug, title) for tag, title, slug in found if tag == "agent"],
    )


def takers(*, proposal: Proposal, review: Review, but: User, at: dt.datetime) -> Takers:
    """
    Return the other roles with members, and the people, who have the right to decide here.

    Whoever is out of office at that moment says so: `is_away`.
    """
    deciding = GroupObjectPermission.objects.filter(
        permission__codename__in=Right.DECIDE.given_by,
        content_type__app_label="workflows",
        content_type__model="workflow",
        object_pk=str(proposal.workflow_id),
    ).values("group")
    roles = Role.objects.filter(group__in=deciding, group__user__is_active=True)
    people = (
        User.objects.filter(groups__in=deciding, is_active=True)
        .exclude(username__in=[*proposal.barred, but.username])
        .exclude(decisions__revision=review.revision_id)
        .annotate(is_away=Exists(in_force(at=at).filter(person=OuterRef("pk"))))
    )
    return Takers(
        list(roles.exclude(pk=review.role_id).distinct()[:LONGEST_LIST]),
        list(people.order_by("first_name", "username").distinct()[:LONGEST_LIST]),
    )
