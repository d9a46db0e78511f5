"""
Proposals and what people do with them.

`changes`, `reviews`, `outcomes` and `bulk_decisions` may import `proposals`, `escalations` and
`overrides` also `reviews`, and `paces` also `reviews` and `bulk_decisions`, never the reverse.
"""

from approvals.models.bulk_decisions import BulkDecision, BulkItem
from approvals.models.changes import Change
from approvals.models.comments import Comment
from approvals.models.escalations import Escalation
from approvals.models.outcomes import Outcome
from approvals.models.overrides import Override
from approvals.models.paces import Pace
from approvals.models.proposals import Proposal, Revision
from approvals.models.reviews import Decision, Review
from approvals.models.saved_views import SavedView
from approvals.models.snoozes import Snooze

__all__ = [
    "BulkDecision",
    "BulkItem",
    "Change",
    "Comment",
    "Decision",
    "Escalation",
    "Outcome",
    "Override",
    "Pace",
    "Proposal",
    "Review",
    "Revision",
    "SavedView",
    "Snooze",
]
