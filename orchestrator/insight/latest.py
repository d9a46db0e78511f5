"""The newest proposals of a workflow or an agent, a few of each state, in one bounded read."""

from collections.abc import Iterable

from django.db.models import Q

from approvals.models import Proposal
from approvals.states import ProposalState

SHOWN = 8


def latest_proposals(*, workflows: Iterable[int], **subject: object) -> list[Proposal]:
    """Return the newest proposals that fit, in these workflows; nothing of their values is read."""
    wanted = Q(workflow__in=list(workflows), **subject)
    states = [
        Proposal.objects.filter(wanted, state=state).order_by("-id").values("pk")[:SHOWN]
        for state in ProposalState
    ]
    newest = states[0].union(*states[1:], all=True)
    rows = Proposal.objects.filter(pk__in=newest).select_related("agent", "workflow")
    return list(rows.order_by("-created_at", "-id")[:SHOWN])
