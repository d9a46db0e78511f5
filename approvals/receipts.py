"""The answer to a requester, stored with the proposal so that a repeat gets the same one."""

from typing import Any

from django.conf import settings

from approvals.models import Proposal
from orchestrator.policy.verdict import Verdict


def receipt_of(proposal: Proposal, verdict: Verdict) -> dict[str, Any]:
    """Return the answer; risk and route are provisional until the records have been read."""
    return {
        "id": proposal.pk,
        "revision": proposal.revision_number,
        "digest": proposal.digest,
        "state": str(proposal.state),
        "deadline_at": proposal.deadline_at.isoformat(),
        "risk": {"level": str(verdict.risk), "reasons": list(verdict.risk_reasons)},
        "route": {
            "outcome": str(verdict.outcome),
            "stages": [
                {"role": need.role, "quorum": need.quorum, "why": need.why}
                for need in verdict.stages
            ],
            "provisional": verdict.provisional,
        },
        "review_url": review_url(proposal.pk),
    }


def review_url(proposal_id: str) -> str:
    """Return where people read and decide the proposal."""
    return f"{settings.PUBLIC_URL}/proposals/{proposal_id}/"
