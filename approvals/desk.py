"""One person's desk: which duties they carry and which workflows they may see."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet

from approvals.models import Decision, Review, Snooze
from approvals.states import ReviewState
from orchestrator.people import permissions, queries
from orchestrator.people.models import User
from orchestrator.people.resolution import Duties, Duty, Leave
from orchestrator.people.rights import Right


@dataclass
class Desk:
    """What a person may see and decide, asked once for a page; without a moment nobody is away."""

    person: User
    at: dt.datetime | None = None

    @cached_property
    def duties(self) -> Duties:
        """Return what the person carries, and for whom they stand in."""
        return queries.duties_of(user=self.person, at=self.at)

    @property
    def roles(self) -> set[int]:
        """Return the roles whose duty the person carries now."""
        return set(self.duties.roles)

    @property
    def titles(self) -> list[str]:
        """Return the titles of those roles."""
        return sorted(duty.title for duty in self.duties.roles.values())

    @cached_property
    def workflows(self) -> set[int]:
        """Return the workflows that the person may see."""
        return permissions.workflows_with_right(self.person, Right.VIEW)

    def mine(self) -> list[QuerySet[Review]]:
        """Return what waits for this person: ordered sources, by role and then by name."""
        sources = []
        for places, roles in self._by_place():
            waiting = self._waiting(places)
            sources += [waiting.filter(role=role, assignee=None) for role in roles]
            sources.append(waiting.filter(self._widened(roles)))
        sources.append(self._waiting(()).filter(assignee=self.person))
        sources += [
            self._waiting((leave,)).filter(assignee=leave.person)
            for leave in self.duties.stands_in_for
        ]
        return sources

    def team(self) -> list[QuerySet[Review]]:
        """Return what waits for the person's roles, whoever of them may decide it."""
        waiting = Review.objects.filter(state=ReviewState.OPEN)
        return [waiting.filter(role=role) for role in sorted(self.roles)]

    def everything(self) -> list[QuerySet[Review]]:
        """Return what waits in the workflows that the person may see."""
        return [
            Review.objects.filter(state=ReviewState.OPEN, workflow=workflow)
            for workflow in sorted(self.workflows)
        ]

    def _by_place(self) -> Iterable[tuple[tuple[Leave, ...], list[int]]]:
        """Yield the places that the person fills, nobody's for their own, with the roles."""

        def places(item: tuple[int, Duty]) -> tuple[Leave, ...]:
            return item[1].places_of

        carried = sorted(self.duties.roles.items(), key=lambda item: (_ids(places(item)), item[0]))
        for leaves, items in groupby(carried, key=places):
            yield leaves, [role_id for role_id, _ in items]

    def _waiting(self, places: tuple[Leave, ...]) -> QuerySet[Review]:
        """Return the open reviews on which one of the places is still to be filled."""
        own = Review.objects.filter(
            ~_barred(self.person.username),
            ~_voted(self.person.pk),
            ~self._put_off(),
            state=ReviewState.OPEN,
        )
        if not places:
            return own
        filled = Q()
        for leave in places:
            filled &= _barred(leave.username) | Q(_voted(leave.person))
        return own.filter(~filled)

    def _put_off(self) -> Exists:
        """Return the condition that the person does not want to see it yet."""
        rows = Snooze.objects.filter(review=OuterRef("pk"), person=self.person.pk)
        return Exists(rows.filter(until__gt=self.at) if self.at else rows.none())

    def _widened(self, roles: list[int]) -> Q:
        """Return what asks these roles as well, unless it stands in another source already."""
        people = [self.person.pk, *(leave.person for leave in self.duties.stands_in_for)]
        others = ~Q(assignee__in=people) & ~Q(assignee=None, role__in=self.roles)
        return Q(widened_to__in=roles) & others


def desk_of(person: User, *, at: dt.datetime | None = None) -> Desk:
    """Return the person's desk at that moment: the same one for one page."""
    known: Desk | None = person.__dict__.get("_desk")
    if known is None or (at is not None and known.at != at):
        known = Desk(person, at)
        person.__dict__["_desk"] = known
    return known


def desk_at_hand(person: User, *, at: dt.datetime) -> Desk:
    """Return the desk that the page has asked for already, else the one at that moment."""
    known: Desk | None = person.__dict__.get("_desk")
    return known or desk_of(person, at=at)


def _barred(username: str) -> Q:
    return Q(proposal__barred__contains=[username])


def _voted(person: int) -> Exists:
    """Return the condition that a person's place is filled."""
    by_or_for = Q(person=person) | Q(on_behalf_of=person)
    return Exists(Decision.objects.filter(by_or_for, revision=OuterRef("revision")))


def _ids(places: tuple[Leave, ...]) -> tuple[int, ...]:
    return tuple(leave.person for leave in places)
