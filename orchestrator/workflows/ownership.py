"""Who is responsible for a workflow, as a duty that changes hands."""

import datetime as dt

from django.db import transaction

from audit import ledger
from orchestrator.kernel.errors import DomainError
from orchestrator.people.carried import Item
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow


class WorkflowNeedsOwner(DomainError):
    """One person is responsible for every workflow."""

    code, status, title = "workflow_needs_owner", 409, "A workflow needs an owner"


class WorkflowDuties:
    """Workflows for which the person is responsible."""

    kind, title = "workflow", "Workflows"

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return the workflows that name the person as responsible."""
        return [
            Item(
                kind=self.kind,
                key=row.slug,
                title=row.title,
                path=f"/workflows/{row.slug}/",
                must_be_taken=True,
            )
            for row in Workflow.objects.filter(owner=person).order_by("slug")
        ]

    @transaction.atomic
    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """Make the other one responsible, until a version is put in force that names another."""
        Workflow.objects.filter(slug=key).update(owner=to)
        ledger.record(
            event="workflow.owner_changed",
            by=by.actor,
            at=at,
            subject_kind="workflow",
            subject_id=key,
            workflow=key,
            detail={"old": person.username, "new": to.username, "reason": reason.strip()},
        )

    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """
        Refuse: one person is responsible for every workflow.

        :raises WorkflowNeedsOwner: always
        """
        raise WorkflowNeedsOwner("Somebody has to be responsible for it.")
