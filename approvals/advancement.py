"""What follows from a stage's outcome: the next stage, an approval, a denial, a question."""

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.db import connection

from approvals import altering_words, directory, routing, signals
from approvals.announcing.wake import wake_announcing
from approvals.clocks import clocks_of
from approvals.escalation import arming, occasions
from approvals.models import Proposal, Review
from approvals.revisions import close_reviews
from approvals.sla_pauses import pause, what_is_left
from approvals.states import ProposalState, ReviewState
from audit import ledger
from orchestrator.kernel.actors import Actor
from orchestrator.paging import paging
from orchestrator.paging.subjects import PROPOSAL
from orchestrator.people.models import User
from orchestrator.workflows.queries import definition_of

# Asked on every approval; most have no further stage.
NEXT = """
SELECT id FROM approvals_review WHERE revision_id = %s AND state = 'waiting'
ORDER BY stage LIMIT 1
"""


def complete(
    proposal: Proposal,
    review: Review,
    *,
    by: Actor,
    voters: Collection[int],
    at: dt.datetime,
) -> None:
    """Close a stage that has its quorum; open the next one, or approve the proposal."""
    review.move(ReviewState.APPROVED, closed_at=at)
    following = _next_stage(review)
    if following is None:
        approve(proposal, by=by, at=at)
    else:
        _open(proposal, following, by=by, voters=voters, at=at)
        # Whoever was called about the stage that is through is not called about the next.
        words = f"Stage {review.stage} is approved; it goes on to {following.role.title}."
        paging.resolve(subject_kind=PROPOSAL, subject_ids=[proposal.pk], words=words, at=at)


def approve(proposal: Proposal, *, by: Actor, at: dt.datetime) -> None:
    """Approve the proposal for writing, with the outbox in the same transaction."""
    clocks = clocks_of(definition_of(proposal.version_id))
    execute_by = clocks.execute_by(approved_at=at)
    seconds = int(settings.COUNTERSIGN["undo_seconds"])
    proposal.move(
        ProposalState.APPROVED,
        approved_at=at,
        execute_by=execute_by,
        undo_until=clocks.undo_until(approved_at=at, seconds=seconds),
        **altering_words.outcome(proposal),
    )
    wake_announcing()
    ledger.record(
        event="proposal.approved",
        by=by,
        at=at,
        detail={
            "revision": proposal.revision_number,
            "digest": proposal.digest,
            "execute_by": execute_by.isoformat(),
        },
        **proposal.subject(),
    )
    signals.proposals_approved.send(sender=Proposal, proposals=[proposal], at=at)


def deny(
    proposal: Proposal, review: Review, *, by: Actor, code: str, text: str, at: dt.datetime
) -> None:
    """Close the proposal with a no: one is enough."""
    review.move(ReviewState.DENIED, closed_at=at)
    close_reviews(proposal, at=at)
    wake_announcing()
    proposal.move(ProposalState.DENIED, closed_at=at, outcome_code=code, outcome_text=text)
    ledger.record(
        event="proposal.denied",
        by=by,
        at=at,
        detail={"revision": proposal.revision_number, "reason_code": code, "text": text},
        **proposal.subject(),
    )


def send_back(
    proposal: Proposal, review: Review, *, by: Actor, question: str, at: dt.datetime
) -> None:
    """Ask the requester a question; time stands still until the answer, a new revision, comes."""
    definition = definition_of(proposal.version_id)
    of_stage, to_decide = what_is_left(proposal, review, definition, at=at)
    review.move(ReviewState.SENT_BACK, closed_at=at, remaining=of_stage)
    close_reviews(proposal, at=at)
    wake_announcing()
    proposal.move(
        ProposalState.REVISION_REQUESTED,
        send_backs=proposal.send_backs + 1,
        moved_at=at,
        outcome_code="question",
        outcome_text=question,
        **pause(proposal, definition, left=to_decide, at=at),
    )
    ledger.record(
        event="proposal.sent_back",
        by=by,
        at=at,
        detail={
            "revision": proposal.revision_number,
            "text": question,
            "answer_by": proposal.deadline_at.isoformat(),
        },
        **proposal.subject(),
    )
    occasions.sent_back(proposal, at=at)


def _next_stage(review: Review) -> Review | None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [review.revision_id])
        row = cursor.fetchone()
    return Review.objects.select_related("role").get(pk=row[0]) if row else None


def _open(
    proposal: Proposal, review: Review, *, by: Actor, voters: Collection[int], at: dt.datetime
) -> None:
    """Open a waiting stage where enough people can decide who have not voted yet."""
    voted = User.objects.filter(pk__in=voters).values_list("username", flat=True)
    placement = routing.still_able(
        directory.load(at=at), review, barred=proposal.barred, voted=list(voted)
    )
    opened = routing.opening(
        review, proposal, clocks_of(definition_of(proposal.version_id)), role=placement.role, at=at
    )
    state = opened.pop("state")
    review.move(state, role=placement.role, quorum=placement.quorum, **opened)
    arming.arm(review)
    ledger.append(routing.opened_entries(proposal, review, by=by, at=at))
