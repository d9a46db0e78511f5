"""Proposals and what people do with them; `reviews` may import `proposals`, never the reverse."""

from approvals.models.proposals import Change, Proposal, Revision
from approvals.models.reviews import Decision, Review

__all__ = ["Change", "Decision", "Proposal", "Review", "Revision"]
