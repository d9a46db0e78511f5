"""Failures that one person deals with, as a duty that changes hands."""

import datetime as dt

from django.db import transaction

from orchestrator.commits.models import DeadLetter
from orchestrator.commits.triage import CannotTakeOver, record
from orchestrator.people.carried import Item
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer


class FailureDuties:
    """Open failures that the person has taken."""

    kind, title = "failure", "Failures"

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return the failures that the person deals with."""
        rows = DeadLetter.objects.filter(owner=person, closed_at=None)
        return [
            Item(
                kind=self.kind,
                key=row.commit_id,
                # No title and no name of a record: who looks may have no right to them.
                title=f"{row.commit_id} in {row.workflow.title}",
                path=f"/failures/{row.commit_id}/",
                must_be_taken=True,
            )
            for row in rows.select_related("workflow").order_by("due_at", "pk")
        ]

    @transaction.atomic
    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """
        Make the failure the other one's.

        :raises CannotTakeOver: if they do not administer the workflow
        """
        letter = (
            DeadLetter.objects.select_for_update(of=("self",))
            .select_related("workflow", "commit__proposal")
            .get(commit=key, closed_at=None)
        )
        if not may_administer(to, letter.workflow):
            raise CannotTakeOver(f"{to.display_name} does not administer {letter.workflow.title}.")
        letter.owner = to
        letter.save(update_fields=["owner"])
        record(
            letter.commit,
            "commit.handed_over",
            by=by.actor,
            at=at,
            owner=to.display_name,
            reason=reason.strip(),
        )

    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """
        Refuse: somebody deals with every failure.

        :raises CannotTakeOver: always
        """
        raise CannotTakeOver("Somebody has to deal with it.")
