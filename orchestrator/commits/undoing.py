"""Undo: whoever approved takes that back, as long as nothing has been sent to the CRM."""

import datetime as dt

from django.db import transaction

from approvals import opening, outcomes
from approvals.models import Decision, Proposal, Revision
from approvals.states import ProposalState, Vote
from orchestrator.commits.models import Commit
from orchestrator.commits.states import CommitState
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User


class NotYourApproval(DomainError):
    """Only who approved it may take that back."""

    code, status, title = "not_your_approval", 403, "Not your approval"


class TooLateToUndo(DomainError):
    """The time to take it back is over, or it is being written already."""

    code, status, title = "too_late_to_undo", 409, "Too late to undo"


@transaction.atomic
def undo(*, proposal_id: str, person: User, digest: str, at: dt.datetime) -> Revision:
    """
    Take an approval back: nothing is written, and the same changes wait for people again.

    Every vote on the approved revision is void with it; in stages, each one decides again.

    :raises NotFound: if there is no such proposal
    :raises NotWhatYouSaw: if its content is not the one with `digest`
    :raises NotYourApproval: if the person did not approve that revision
    :raises TooLateToUndo: if its time is over, or it is being written
    """
    proposal = opening.locked(proposal_id)
    opening.check_same(proposal, digest)
    votes = Decision.objects.filter(revision__digest=digest, person=person, vote=Vote.APPROVE)
    if not votes.exists():
        raise NotYourApproval("Only people who approved it may take that back: ask one of them.")
    until = Proposal.objects.values_list("undo_until", flat=True).get(pk=proposal_id)
    if proposal.state != ProposalState.APPROVED or until is None or at >= until:
        raise TooLateToUndo(_what_then(proposal))
    # In the order of whoever approves. A worker that has it locked is about to claim it: it wins.
    waiting = Commit.objects.select_for_update(skip_locked=True).filter(
        proposal=proposal_id, state=CommitState.QUEUED
    )
    commit = waiting.first()
    if commit is None:
        raise TooLateToUndo(_what_then(proposal))
    commit.move(CommitState.CANCELLED, finished_at=at)
    return outcomes.mark_undone(proposal_id=proposal_id, by=person.actor, at=at)


def _what_then(proposal: Proposal) -> str:
    if proposal.state == ProposalState.APPROVED:
        return "Its time to undo is over and it is written next: halt it, or take it back later."
    if proposal.state in (ProposalState.COMMITTING, ProposalState.COMMITTED):
        return "It is being written, or is written already. Take it back with a rollback instead."
    state = str(proposal.state).replace("_", " ")
    return f"The proposal is {state}: there is no approval to take back."
