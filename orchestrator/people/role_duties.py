"""Roles and standing in, as duties that change hands."""

import datetime as dt

from django.db import transaction

from orchestrator.people import absences, operations
from orchestrator.people.carried import Item
from orchestrator.people.models import Absence, Role, User


class RoleDuties:
    """Membership of roles."""

    kind, title = "role", "Roles"

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return the roles that the person is in."""
        roles = Role.objects.filter(group__user=person)
        return [Item(kind=self.kind, key=each.slug, title=each.title) for each in roles]

    @transaction.atomic
    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """
        Put the other one in the role in the person's place.

        :raises InactivePerson: if the other one cannot sign in
        """
        operations.add_member(role=_role(key), person=to, by=by.actor, at=at)
        self.drop(key, person=person, by=by, reason=reason, at=at)

    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """
        Take the person out of the role.

        :raises NobodyReachable: if some role could then reach nobody, fallbacks included
        """
        operations.remove_member(role=_role(key), person=person, reason=reason, by=by.actor, at=at)


class StandInDuties:
    """Standing in for somebody who is or will be away."""

    kind, title = "stand-in", "Standing in"

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return the absences in which the person was chosen to stand in."""
        rows = Absence.objects.filter(delegate=person, cancelled_at=None, ends_at__gt=at)
        return [
            Item(
                kind=self.kind,
                key=str(row.pk),
                title=f"For {row.person.display_name}, until {row.ends_at:%d %b %Y, %H:%M} UTC",
                path=f"/people/{row.person.username}/",
            )
            for row in rows.select_related("person")
        ]

    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """
        Let the other one stand in from now on.

        :raises DelegationCircle: if the other one would be stood in for by the one who is away
        """
        absences.change_delegate(absence=_absence(key), to=to, by=by, reason=reason, at=at)

    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """Leave the absence without anybody who stands in."""
        absences.change_delegate(absence=_absence(key), to=None, by=by, reason=reason, at=at)


def _role(slug: str) -> Role:
    return Role.objects.get(slug=slug)


def _absence(key: str) -> Absence:
    return Absence.objects.select_related("person", "delegate").get(pk=int(key))
