"""May this person? Asked again inside the transaction that acts on the answer."""

from approvals.models import Decision, Proposal, Review
from orchestrator.kernel.errors import DomainError, NotAllowed
from orchestrator.people import permissions, queries
from orchestrator.people.models import User


class AlreadyVoted(DomainError):
    """One person fills one place: nobody votes twice on one revision."""

    code, status, title = "already_voted", 409, "You have voted"


class OwnProposal(DomainError):
    """Nobody approves their own: requester, owner, trigger and editors stand aside."""

    code, status, title = "own_proposal", 403, "Your own proposal"


def may_see(person: User, proposal: Proposal) -> bool:
    """Say whether the person may know of the proposal: by right, by duty, or as its requester."""
    if not person.is_active:
        return False
    if person.username in proposal.barred or permissions.may_view(person, proposal.workflow):
        return True
    reviews = Review.objects.filter(proposal=proposal)
    roles = queries.roles_of(user=person)
    return any(review.role_id in roles or review.assignee_id == person.pk for review in reviews)


def carries(person: User, review: Review) -> bool:
    """Say whether the review is this person's to decide: handed to them, or their role's duty."""
    if not person.is_active:
        return False
    if review.assignee_id == person.pk or queries.is_member(user=person, role_id=review.role_id):
        return True
    return review.role_id in queries.roles_of(user=person)


def has_decide_right(person: User, proposal: Proposal) -> bool:
    """Say whether one of the person's roles was given the right to decide in the workflow."""
    return permissions.may_decide(person, proposal.workflow)


def check_may_decide(person: User, proposal: Proposal, review: Review) -> None:
    """
    Refuse whoever may not decide this review.

    :raises OwnProposal: if the person asked for it, answers for its agent, or edited it
    :raises NotAllowed: if it is not their duty, or their roles have no right to decide here
    """
    if person.username in proposal.barred:
        raise OwnProposal(
            "You asked for this, answer for its agent, or edited it, so somebody else decides."
        )
    if not carries(person, review):
        raise NotAllowed(
            f"This is for {review.role.title} to decide. Ask a member to decide or to hand it on."
        )
    if not has_decide_right(person, proposal):
        raise NotAllowed(
            "None of your roles has the right to decide in this workflow. Ask who administers it "
            "to give it to your role, or to hand this on."
        )


def check_has_not_voted(person: User, review: Review) -> None:
    """
    Refuse a second vote on one revision.

    :raises AlreadyVoted: if the person has voted on any of its stages
    """
    if Decision.objects.filter(revision=review.revision_id, person=person).exists():
        raise AlreadyVoted("You have voted on this revision; another person fills this place.")


def check_may_hand_on(person: User, proposal: Proposal, review: Review) -> None:
    """
    Refuse whoever may not hand the review to somebody else.

    :raises OwnProposal: if the person asked for it: nobody picks their own judge
    :raises NotAllowed: if it is not their duty and they do not administer the workflow
    """
    if permissions.may_administer(person, proposal.workflow) and (
        person.username not in proposal.barred
    ):
        return
    check_may_decide(person, proposal, review)
