"""Open reviews: does each have a step that will come by itself?"""

import datetime as dt

from approvals.escalation import missing
from approvals.models import Review
from orchestrator.assurance.checks.irregular import Irregularity


def without_a_next_step(at: dt.datetime) -> list[Irregularity]:
    """Return the open reviews whose escalation will not go on."""
    return [
        Irregularity(
            "review", found.review_id, found.reason, f"/proposals/{found.proposal_id}/escalation/"
        )
        for found in missing.next_steps_missing(at)
    ]


def restart(review_id: str, at: dt.datetime) -> bool:
    """Arm what is left of the review's plan anew."""
    review = Review.objects.filter(pk=review_id).first()
    return review is not None and missing.restart(review, at)
