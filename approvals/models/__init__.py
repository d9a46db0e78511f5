"""
Proposals and what people do with them.

`reviews`, `outcomes` and `bulk_decisions` may import `proposals`, and `escalations` also `reviews`,
never the reverse.
"""

from approvals.models.bulk_decisions import BulkDecision, BulkItem
from approvals.models.escalations import Escalation
from approvals.models.outcomes import Outcome
from approvals.models.proposals import Change, Proposal, Revision
from approvals.models.reviews import Decision, Review

__all__ = [
    "BulkDecision",
    "BulkItem",
    "Change",
    "Decision",
    "Escalation",
    "Outcome",
    "Proposal",
    "Review",
    "Revision",
]
