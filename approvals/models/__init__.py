"""
Proposals and what people do with them.

`reviews` and `bulk_decisions` may import `proposals`, never the reverse.
"""

from approvals.models.bulk_decisions import BulkDecision, BulkItem
from approvals.models.proposals import Change, Proposal, Revision
from approvals.models.reviews import Decision, Review

__all__ = ["BulkDecision", "BulkItem", "Change", "Decision", "Proposal", "Review", "Revision"]
