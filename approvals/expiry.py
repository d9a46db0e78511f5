"""Both clocks running out, many proposals at a time. A deadline denies; it never approves."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Q

from approvals.announcing.wake import wake_announcing
from approvals.models import Proposal, Review
from approvals.states import UNDECIDED, ProposalState, ReviewState
from audit import ledger
from audit.ledger import NewEntry
from orchestrator.kernel.actors import system

EXPIRY = system("expiry")
BATCH = 500
WORDS = {
    "decide": "Nobody decided in time.",
    "answer": "The question was not answered in time.",
    "execute": "It was approved and not written in time.",
}


def expire_due(*, at: dt.datetime) -> int:
    """Expire what is due on any clock; return how many there were."""
    undecided = Q(state__in=UNDECIDED, deadline_at__lte=at)
    # What waits for an answer runs out of its own clock, or of the requester's limit before it.
    unanswered = Q(state=ProposalState.REVISION_REQUESTED, answer_by__lte=F("deadline_at"))
    unwritten = Q(state=ProposalState.APPROVED, execute_by__lte=at)
    return (
        _expire(undecided & unanswered, "answer", "answer_by", at)
        + _expire(undecided & ~unanswered, "decide", "deadline_at", at)
        + _expire(unwritten, "execute", "execute_by", at)
    )


def _expire(due: Q, clock: str, column: str, at: dt.datetime) -> int:
    total = 0
    while True:
        count = _expire_batch(due, clock, column, at)
        total += count
        if count < BATCH:
            return total


@transaction.atomic
def _expire_batch(due: Q, clock: str, column: str, at: dt.datetime) -> int:
    """Whoever decides or writes one of them right now holds its lock, and wins."""
    expired = list(
        Proposal.objects.filter(due)
        .order_by(column)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("workflow", "agent")[:BATCH]
    )
    if not expired:
        return 0
    ids = [proposal.pk for proposal in expired]
    Proposal.objects.filter(pk__in=ids).update(
        state=ProposalState.EXPIRED,
        closed_at=at,
        prepare_at=None,
        outcome_code=f"{clock}_by_passed",
        outcome_text=WORDS[clock],
    )
    Review.objects.filter(
        proposal__in=ids, state__in=[ReviewState.OPEN, ReviewState.WAITING]
    ).update(state=ReviewState.CLOSED, closed_at=at)
    wake_announcing()
    ledger.append(_entries(expired, clock, column, at))
    return len(expired)


def _entries(
    expired: Sequence[Proposal], clock: str, column: str, at: dt.datetime
) -> list[NewEntry]:
    return [
        NewEntry(
            event="proposal.expired",
            by=EXPIRY,
            at=at,
            detail={"clock": clock, "due_at": getattr(proposal, column).isoformat()},
            **proposal.subject(),
        )
        for proposal in expired
    ]
