"""One person's desk: which duties they carry and which workflows they may see."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from approvals.models import Decision, Proposal, Review, Snooze
from approvals.sources import ANYTHING, Source
from approvals.states import ReviewState
from orchestrator.kernel.actors import ActorKind
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

    def mine(self) -> list[Source]:
        """Return what waits for this person: by role, where time ran short, and by name."""
        sources = []
        for places, roles in self._by_place():
            wanted = self._to_be_filled(places)
            sources += [
                _open("role", roles, held=Q(assignee=None), wanted=wanted),
                _open("widened_to", roles, held=self._asked_as_well(), wanted=wanted),
            ]
        sources.append(_open("assignee", [self.person.pk], wanted=self._to_be_filled(())))
        sources += [
            _open("assignee", [leave.person], wanted=self._to_be_filled((leave,)))
            for leave in self.duties.stands_in_for
        ]
        return sources

    def team(self) -> list[Source]:
        """Return what waits for the person's roles, whoever of them may decide it."""
        return [_open("role", sorted(self.roles))]

    def everything(self) -> list[Source]:
        """Return what waits in the workflows that the person may see."""
        return [_open("workflow", sorted(self.workflows))]

    def decided(self) -> list[Source]:
        """Return what has ended in those workflows, or is on its way, the newest first."""
        ended = Q(closed_at__isnull=False) | Q(approved_at__isnull=False)
        return [
            Source(
                rows=Proposal.objects.filter(ended).order_by(),
                column="workflow",
                values=tuple(sorted(self.workflows)),
                moment=Coalesce("closed_at", "approved_at"),
                newest_first=True,
            )
        ]

    def requests(self) -> list[Source]:
        """Return what the person asked for, the newest first."""
        asker = self.person.actor
        return [
            Source(
                rows=Proposal.objects.filter(requester_kind=ActorKind.PERSON.value).order_by(),
                column="requester_id",
                values=(asker.id,),
                moment=F("created_at"),
                newest_first=True,
            )
        ]

    def _by_place(self) -> Iterable[tuple[tuple[Leave, ...], list[int]]]:
        """Yield the places that the person fills, nobody's for their own, with the roles."""

        def places(item: tuple[int, Duty]) -> tuple[Leave, ...]:
            return item[1].places_of

        carried = sorted(self.duties.roles.items(), key=lambda item: (_ids(places(item)), item[0]))
        for leaves, items in groupby(carried, key=places):
            yield leaves, [role_id for role_id, _ in items]

    def _to_be_filled(self, places: tuple[Leave, ...]) -> Q:
        """Return the condition that one of the places is still to be filled by the person."""
        own = ~_barred(self.person.username) & ~_voted(self.person.pk) & ~self._put_off()
        if not places:
            return own
        filled = Q()
        for leave in places:
            filled &= _barred(leave.username) | _voted(leave.person)
        return own & ~filled

    def _put_off(self) -> Q:
        """Return the condition that the person does not want to see it yet."""
        rows = Snooze.objects.filter(review=OuterRef("pk"), person=self.person.pk)
        return Q(Exists(rows.filter(until__gt=self.at) if self.at else rows.none()))

    def _asked_as_well(self) -> Q:
        """Return the condition that it does not stand in another source already."""
        people = [self.person.pk, *(leave.person for leave in self.duties.stands_in_for)]
        return ~Q(assignee__in=people) & ~Q(assignee=None, role__in=self.roles)


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


def _voted(person: int) -> Q:
    """Return the condition that a person's place is filled."""
    by_or_for = Q(person=person) | Q(on_behalf_of=person)
    return Q(Exists(Decision.objects.filter(by_or_for, revision=OuterRef("revision"))))


def _open(
    column: str, values: Sequence[int], *, held: Q = ANYTHING, wanted: Q = ANYTHING
) -> Source:
    rows = Review.objects.filter(state=ReviewState.OPEN).order_by()
    return Source(rows=rows, column=column, values=tuple(values), held=held, wanted=wanted)


def _ids(places: tuple[Leave, ...]) -> tuple[int, ...]:
    return tuple(leave.person for leave in places)
