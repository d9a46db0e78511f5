"""One person's desk: which duties they carry and which workflows they may see."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet

from approvals.models import Decision, Review
from approvals.states import ReviewState
from orchestrator.people import permissions, queries
from orchestrator.people.models import User
from orchestrator.people.rights import Right


@dataclass
class Desk:
    """What a person may see and decide, asked once for a page."""

    person: User

    @cached_property
    def _carried(self) -> dict[int, str]:
        return queries.titles_of_roles(user=self.person)

    @property
    def roles(self) -> set[int]:
        """Return the roles whose duty the person carries now."""
        return set(self._carried)

    @property
    def titles(self) -> list[str]:
        """Return the titles of those roles."""
        return sorted(self._carried.values())

    @cached_property
    def workflows(self) -> set[int]:
        """Return the workflows that the person may see."""
        return permissions.workflows_with_right(self.person, Right.VIEW)

    def mine(self) -> list[QuerySet[Review]]:
        """Return what waits for this person: one ordered source for each role, then by name."""
        voted = Decision.objects.filter(revision=OuterRef("revision"), person=self.person)
        own = Review.objects.filter(
            ~Q(proposal__barred__contains=[self.person.username]),
            ~Exists(voted),
            state=ReviewState.OPEN,
        )
        by_role = [own.filter(role=role, assignee=None) for role in sorted(self.roles)]
        return [*by_role, own.filter(assignee=self.person)]

    def team(self) -> list[QuerySet[Review]]:
        """Return what waits for the person's roles, whoever of them may decide it."""
        return [
            Review.objects.filter(state=ReviewState.OPEN, role=role) for role in sorted(self.roles)
        ]

    def everything(self) -> list[QuerySet[Review]]:
        """Return what waits in the workflows that the person may see."""
        return [
            Review.objects.filter(state=ReviewState.OPEN, workflow=workflow)
            for workflow in sorted(self.workflows)
        ]


def desk_of(person: User) -> Desk:
    """Return the person's desk, the same one for as long as this object of theirs lives."""
    known: Desk | None = person.__dict__.get("_desk")
    if known is None:
        known = Desk(person)
        person.__dict__["_desk"] = known
    return known
