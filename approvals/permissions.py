"""May this person? Asked again inside the transaction that acts on the answer."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, OuterRef

from approvals.mandates import OWN, Mandate, mandates, open_place, roles_asked, unbarred
from approvals.models import Decision, Proposal, Review
from approvals.opening import votes_on
from orchestrator.kernel.errors import DomainError, NotAllowed
from orchestrator.people import permissions, queries
from orchestrator.people.models import User
from orchestrator.people.resolution import Duties
from orchestrator.people.rights import Right

# What the roles of a person give them in the workflow of a proposal.
Rights = Collection[Right]


class OwnProposal(DomainError):
    """Nobody approves their own: requester, owner, trigger and editors stand aside."""

    code, status, title = "own_proposal", 403, "Your own proposal"


def may_see(
    person: User,
    proposal: Proposal,
    *,
    at: dt.datetime | None = None,
    duties: Duties | None = None,
    rights: Rights | None = None,
) -> bool:
    """Say whether the person may know of it: by right, by duty, by their vote, or as requester."""
    if not person.is_active:
        return False
    if person.username in proposal.barred or _has(person, proposal, Right.VIEW, rights):
        return True
    voted = Decision.objects.filter(revision__proposal=OuterRef("proposal"), person=person)
    reviews = list(Review.objects.filter(proposal=proposal).annotate(voted=Exists(voted)))
    if any(review.voted or review.assignee_id == person.pk for review in reviews):
        return True
    known = duties or queries.duties_of(user=person, at=at)
    return any(mandates(known, review, person_id=person.pk) for review in reviews)


def carries(person: User, review: Review, *, at: dt.datetime | None = None) -> bool:
    """Say whether the review is this person's to decide: theirs, their role's, or for another."""
    return bool(_mandates(person, review, at, None))


def has_decide_right(person: User, proposal: Proposal) -> bool:
    """Say whether one of the person's roles was given the right to decide in the workflow."""
    return permissions.may_decide(person, proposal.workflow)


def check_may_decide(
    person: User,
    proposal: Proposal,
    review: Review,
    *,
    at: dt.datetime | None = None,
    duties: Duties | None = None,
    rights: Rights | None = None,
) -> list[Mandate]:
    """
    Refuse whoever may not decide this review; return the places that the person may fill.

    Without a moment nobody is away, so nobody stands in. `duties` and `rights` are what a page
    knows already; whoever counts votes leaves them out.

    :raises OwnProposal: if the person asked for it, answers for its agent, or edited it, or if
        whoever they stand in for did
    :raises NotAllowed: if it is not their duty, or their roles have no right to decide here
    """
    if person.username in proposal.barred:
        raise OwnProposal(
            "You asked for this, answer for its agent, or edited it, so somebody else decides."
        )
    found = _mandates(person, review, at, duties)
    if not found:
        raise NotAllowed(
            f"This is for {review.role.title} to decide. Ask a member to decide or to hand it on."
        )
    open_to = unbarred(found, proposal.barred)
    if not open_to:
        raise OwnProposal(
            f"You stand in for {_names(found)} here, who asked for this, answers for its agent, or "
            "edited it. Nobody decides on behalf of somebody who may not, so somebody else decides."
        )
    with_right = _with_right(open_to, person, proposal, review, rights)
    if not with_right:
        raise NotAllowed(
            "None of your roles has the right to decide in this workflow. Ask who administers it "
            "to give it to your role, or to hand this on."
        )
    return with_right


def check_has_not_voted(person: User, review: Review, places: list[Mandate]) -> Mandate:
    """
    Refuse a second vote on one revision; return the place that the person would fill.

    :raises AlreadyVoted: if the person, or whoever shares their place, has voted on its stages
    """
    return open_place(places, votes_on(review), person_id=person.pk)


def check_may_hand_on(
    person: User,
    proposal: Proposal,
    review: Review,
    *,
    at: dt.datetime | None = None,
    duties: Duties | None = None,
    rights: Rights | None = None,
) -> None:
    """
    Refuse whoever may not hand the review to somebody else.

    :raises OwnProposal: if the person asked for it: nobody picks their own judge
    :raises NotAllowed: if it is not their duty and they do not administer the workflow
    """
    barred = person.username in proposal.barred
    if not barred and _has(person, proposal, Right.ADMINISTER, rights):
        return
    check_may_decide(person, proposal, review, at=at, duties=duties, rights=rights)


def _has(person: User, proposal: Proposal, right: Right, known: Rights | None) -> bool:
    if known is not None:
        return right in known
    given = permissions.rights_by_workflow(person, [proposal.workflow_id])
    return right in given.get(proposal.workflow_id, ())


def _mandates(
    person: User, review: Review, at: dt.datetime | None, duties: Duties | None
) -> list[Mandate]:
    if not person.is_active:
        return []
    if duties is None:
        if review.assignee_id == person.pk or any(
            queries.is_member(user=person, role_id=role) for role in roles_asked(review)
        ):
            return [OWN]
        duties = queries.duties_of(user=person, at=at)
    return mandates(duties, review, person_id=person.pk)


def _with_right(
    places: list[Mandate],
    person: User,
    proposal: Proposal,
    review: Review,
    rights: Rights | None,
) -> list[Mandate]:
    """Return the places whose own holder could decide here: standing in lends no other right."""
    if places == [OWN]:
        return places if _has(person, proposal, Right.DECIDE, rights) else []
    leaves = [each.stands_for for each in places if each.stands_for is not None]
    if not leaves:
        decides = permissions.role_has_right(review.role, proposal.workflow, Right.DECIDE)
        return places if decides else []
    able = permissions.deciding_by_role([each.person for each in leaves], proposal.workflow)
    return [each for each in places if each.stands_for and each.stands_for.person in able]


def _names(places: list[Mandate]) -> str:
    return " and ".join(each.stands_for.name for each in places if each.stands_for is not None)
