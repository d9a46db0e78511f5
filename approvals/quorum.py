"""From votes to the outcome of a stage. Pure."""

from collections.abc import Sequence

from approvals.states import ReviewState, Vote

OUTCOMES = {
    Vote.DENY: ReviewState.DENIED,
    Vote.SEND_BACK: ReviewState.SENT_BACK,
}


def outcome(*, votes: Sequence[Vote | str], quorum: int) -> ReviewState:
    """
    Return where a stage stands: one no ends it, `quorum` yeses complete it.

    Votes come in the order they were cast; the first that is not a yes decides.
    """
    for vote in votes:
        if vote != Vote.APPROVE:
            return OUTCOMES[Vote(vote)]
    return ReviewState.APPROVED if len(votes) >= quorum else ReviewState.OPEN
