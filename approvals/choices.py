"""What people choose from: filters of the inbox, and whom to hand a review to."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Exists, F, OuterRef, TextField, Value
from django.db.models.functions import Cast
from guardian.models import GroupObjectPermission

from approvals.models import Proposal, Review
from approvals.visibility import EVERYTHING, Sight
from orchestrator.agents.models import Agent
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import codenames_given, rights_of
from orchestrator.people.queries import in_force
from orchestrator.people.rights import Right
from orchestrator.workflows.field_classes import kept_fields
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of

LONGEST_LIST = 200


class Choice(NamedTuple):
    """One workflow or agent to narrow the list to."""

    slug: str
    title: str
    id: int | str


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """The workflows and agents that lists may be narrowed to."""

    workflows: list[Choice] = field(default_factory=list)
    agents: list[Choice] = field(default_factory=list)
    # What the person may see of each workflow's records: asked with the titles, for one query less.
    sights: Mapping[int, Sight] = field(default_factory=dict)

    def workflow(self, slug: str) -> Choice | None:
        """Return the workflow of that name."""
        return next((each for each in self.workflows if each.slug == slug), None)

    def agent(self, slug: str) -> Choice | None:
        """Return the agent of that name."""
        return next((each for each in self.agents if each.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Takers:
    """Who could take a review over."""

    roles: list[Role] = field(default_factory=list)
    people: list[User] = field(default_factory=list)


def filter_choices(*, person: User, workflows: Collection[int]) -> FilterChoices:
    """Return what the lists may be narrowed to and what may be seen there, in one query."""
    columns = ("tag", "title", "slug", "key", "version", "given")
    known = Cast("pk", TextField())
    flows = Workflow.objects.filter(pk__in=workflows).order_by()
    rows = (
        flows.annotate(
            tag=Value("workflow"),
            key=known,
            version=F("current_version"),
            given=codenames_given(person),
        ).values_list(*columns)
    ).union(
        Agent.objects.order_by()
        .annotate(
            tag=Value("agent"),
            key=known,
            version=Value(None, BigIntegerField()),
            given=Value([], ArrayField(TextField())),
        )
        .values_list(*columns),
        all=True,
    )
    found = sorted(rows, key=lambda row: row[:4])
    return FilterChoices(
        [Choice(slug, title, int(key)) for tag, title, slug, key, *_ in found if tag == "workflow"],
        [Choice(slug, title, key) for tag, title, slug, key, *_ in found if tag == "agent"],
        {
            int(key): _sight(version, rights_of(person, given))
            for tag, _, _, key, version, given in found
            if tag == "workflow"
        },
    )


def _sight(version: int | None, rights: frozenset[Right]) -> Sight:
    kept = kept_fields(definition_of(version)) if version else {}
    return Sight(kept, rights) if kept else EVERYTHING


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
