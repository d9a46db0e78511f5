"""The reversal rate: how much of what was committed did not stand. See docs/measures.md."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from approvals.models import Proposal
from approvals.states import ProposalState, Purpose
from orchestrator.commits.models import Commit
from orchestrator.commits.states import CommitState
from orchestrator.reconciliation.models import Finding
from orchestrator.workflows.models import Workflow


@dataclass(frozen=True, slots=True)
class ReversalRate:
    """How many proposals were committed, and how many of those were taken back."""

    committed: int
    reverted_through_us: int
    reverted_by_hand: int

    @property
    def reverted(self) -> int:
        """Return how many were taken back, by either way; none counts twice."""
        return self.reverted_through_us + self.reverted_by_hand

    @property
    def share(self) -> float | None:
        """Return the share that was taken back; None where nothing was committed."""
        return self.reverted / self.committed if self.committed else None


def reversal_rate(*, workflow: Workflow, since: dt.datetime, until: dt.datetime) -> ReversalRate:
    """
    Return the reversal rate of what a workflow committed within `[since, until)`.

    A proposal is taken back if a later commit of ours reverted it, or if reconciliation found any
    of its values back where it was before. What was reverted through us does not count by hand
    too, and rollbacks themselves are not counted at all.
    """
    committed = Commit.objects.filter(
        proposal=OuterRef("pk"),
        state=CommitState.DONE,
        finished_at__gte=since,
        finished_at__lt=until,
    )
    by_hand = Finding.objects.filter(proposal=OuterRef("pk"), reverted_by_hand=True)
    rows = Proposal.objects.filter(
        Exists(committed),
        workflow=workflow,
        purpose=Purpose.CHANGE,
        state__in=[ProposalState.COMMITTED, ProposalState.REVERTED],
    )
    through_us = Q(state=ProposalState.REVERTED)
    return ReversalRate(
        committed=rows.count(),
        reverted_through_us=rows.filter(through_us).count(),
        reverted_by_hand=rows.filter(~through_us, Exists(by_hand)).count(),
    )
