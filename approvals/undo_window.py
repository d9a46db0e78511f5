"""The seconds after an approval in which it may be taken back: for whom, and until when. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from approvals.models import Decision, Proposal, Review
from approvals.states import ProposalState, Vote
from orchestrator.people.models import User

# How a message on the next page carries the offer: its tags are plain words.
OFFER = "undo"


@dataclass(frozen=True, slots=True)
class Offer:
    """An approval that may still be taken back."""

    proposal_id: str
    digest: str
    # Whole seconds that are left.
    seconds: int


def offer_to(
    person: User, *, proposal: Proposal, reviews: Iterable[Review], at: dt.datetime
) -> Offer | None:
    """Return what the person may take back; `reviews` come with their votes."""
    votes: list[Decision] = [vote for review in reviews for vote in review.decisions.all()]
    approved = any(
        vote.person_id == person.pk and vote.vote == Vote.APPROVE and vote.digest == proposal.digest
        for vote in votes
    )
    return _offer(proposal, at) if approved else None


def as_tags(proposal: Proposal) -> str:
    """Return the offer as the tags of a message, or nothing where there is none."""
    if proposal.state != ProposalState.APPROVED or proposal.undo_until is None:
        return ""
    return f"{OFFER} {proposal.pk} {proposal.digest} {proposal.undo_until.isoformat()}"


def from_tags(tags: str, *, at: dt.datetime) -> Offer | None:
    """Return the offer that a message carries, if there is still time for it."""
    words = tags.split()
    if len(words) < 4 or words[0] != OFFER:
        return None
    left = (dt.datetime.fromisoformat(words[3]) - at).total_seconds()
    return Offer(words[1], words[2], int(left)) if left >= 1 else None


def _offer(proposal: Proposal, at: dt.datetime) -> Offer | None:
    if proposal.state != ProposalState.APPROVED or proposal.undo_until is None:
        return None
    left = (proposal.undo_until - at).total_seconds()
    return Offer(proposal.pk, proposal.digest, int(left)) if left > 0 else None
