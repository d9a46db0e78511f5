"""Is there something to decide? Read under the proposal's lock."""

import datetime as dt

from approvals.models import Decision, Proposal, Review
from approvals.states import ProposalState, ReviewState
from orchestrator.kernel.errors import DomainError, NotFound


class NotWhatYouSaw(DomainError):
    """The proposal has another content than the one on the screen."""

    code, status, title = "not_what_you_saw", 409, "It has changed"


class AlreadyDecided(DomainError):
    """Somebody was faster."""

    code, status, title = "already_decided", 409, "Somebody was faster"


class NotOpen(DomainError):
    """There is no review that waits for a decision."""

    code, status, title = "not_open", 409, "Not open for decisions"


class DeadlinePassed(DomainError):
    """The decide-by clock ran out: a deadline denies, it never approves."""

    code, status, title = "deadline_passed", 409, "Too late to decide"


def locked(proposal_id: str) -> Proposal:
    """
    Return the proposal with its row locked: votes are counted by one at a time.

    :raises NotFound: if there is no such proposal
    """
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("workflow", "agent")
        .filter(pk=proposal_id)
        .first()
    )
    if proposal is None:
        raise NotFound("There is no such proposal.")
    return proposal


def check_same(proposal: Proposal, digest: str) -> None:
    """
    Refuse a decision on anything but the current content.

    :raises NotWhatYouSaw: if the digest is another one
    """
    if proposal.digest != digest:
        raise NotWhatYouSaw(
            "The proposal has changed since you opened it. Read it again, then decide.",
            extra={"revision": proposal.revision_number},
        )


def open_review(proposal: Proposal, at: dt.datetime) -> Review:
    """
    Return the review that waits for a decision on the locked proposal.

    :raises AlreadyDecided: if somebody decided first
    :raises NotOpen: if the proposal waits for something else
    :raises DeadlinePassed: if its time has run out
    """
    if proposal.state != ProposalState.IN_REVIEW:
        raise _too_late(proposal)
    if at >= proposal.deadline_at:
        until = f"{proposal.deadline_at:%d %b %Y, %H:%M} UTC"
        raise DeadlinePassed(f"{proposal.pk} had to be decided by {until}; it expires now.")
    review = (
        Review.objects.select_related("role")
        .filter(proposal=proposal, state=ReviewState.OPEN)
        .first()
    )
    if review is None:
        raise NotOpen("Its records are being read again. Reload in a moment, then decide.")
    return review


def _too_late(proposal: Proposal) -> DomainError:
    state = str(proposal.state).replace("_", " ")
    last = (
        Decision.objects.select_related("person")
        .filter(revision__proposal=proposal)
        .order_by("at", "pk")
        .last()
    )
    if last is None:
        return NotOpen(f"This proposal is {state}; there is nothing to decide.")
    return AlreadyDecided(
        f"{last.person.display_name} decided at {last.at:%H:%M} UTC "
        f"({last.vote.replace('_', ' ')}); the proposal is {state}.",
        extra={"decided_by": last.person.display_name, "state": str(proposal.state)},
    )
