"""Turns in on-call rotations: shown beside what changes hands, and changed on their own pages."""

import datetime as dt

from orchestrator.kernel.errors import DomainError
from orchestrator.oncall.models import Participant
from orchestrator.people.carried import Item
from orchestrator.people.models import User


class ChangedThere(DomainError):
    """A rotation is edited with a preview of the shifts that follow."""

    code, status, title = "changed_elsewhere", 409, "Change the rotation itself"


class ShiftDuties:
    """Rotations in which the person has a turn; whoever cannot sign in is passed over there."""

    kind, title = "shift", "On-call rotations"

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return the rotations in force."""
        rows = Participant.objects.filter(person=person, layer__in_force_until=None)
        found = rows.select_related("layer__schedule__role").order_by("pk")
        return [
            Item(
                kind=self.kind,
                key=str(row.pk),
                title=f"{row.layer.title}, {row.layer.schedule.title}",
                path=f"/on-call/{row.layer.schedule.role.slug}/",
                elsewhere=True,
            )
            for row in found
        ]

    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """
        Refuse: the rotation is edited on its own page.

        :raises ChangedThere: always
        """
        raise ChangedThere("Edit the rotation on its own page.")

    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """
        Refuse: the rotation is edited on its own page.

        :raises ChangedThere: always
        """
        raise ChangedThere("Edit the rotation on its own page.")
