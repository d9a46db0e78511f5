"""Handing a review on, to another role or to one person."""

import datetime as dt

from django.db import transaction

from approvals import directory, permissions
from approvals.models import Decision, Proposal, Review
from approvals.opening import locked, open_review
from approvals.routing import ALL
from audit import ledger
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import role_has_right
from orchestrator.people.rights import Right


class BadReassignment(DomainError):
    """The review cannot go there."""

    code, status, title = "bad_reassignment", 422, "It cannot be handed on like this"


@transaction.atomic
def reassign(
    *,
    proposal_id: str,
    person: User,
    to_role: Role | None,
    to_person: User | None,
    reason: str,
    at: dt.datetime,
) -> Proposal:
    """
    Hand the open review to another role, or to one person who may decide it.

    :raises NotOpen: if there is no open review
    :raises NotAllowed: if the person may not hand it on
    :raises OwnProposal: if it is the person's own
    :raises BadReassignment: if nobody there could decide it
    """
    proposal = locked(proposal_id)
    review = open_review(proposal, at)
    permissions.check_may_hand_on(person, proposal, review)
    if (to_role is None) == (to_person is None):
        raise BadReassignment("Choose either a role or a person.")
    if not reason.strip() or "\x00" in reason:
        raise BadReassignment("Say why you hand it on.")
    left = review.role.slug
    if to_role is not None:
        _to_role(proposal, review, to_role)
    if to_person is not None:
        _to_person(proposal, review, to_person)
    ledger.record(
        event="review.reassigned",
        by=person.actor,
        at=at,
        detail={
            "stage": review.stage,
            "reason": reason,
            "from_role": left,
            "to_role": to_role.slug if to_role else "",
            "to_person": to_person.username if to_person else "",
        },
        **proposal.subject(),
    )
    return proposal


def _to_role(proposal: Proposal, review: Review, role: Role) -> None:
    """The stage keeps its quorum; "all" means all of the new role."""
    if not role_has_right(role, proposal.workflow, Right.DECIDE):
        raise BadReassignment(f"{role.title} has no right to decide in this workflow.")
    voters = {each.person.username for each in _votes(review)}
    able = len(directory.load().able(role, {*proposal.barred, *voters}))
    cast = sum(1 for each in _votes(review) if each.review_id == review.pk)
    needed = able + cast if review.policy["quorum"] == ALL else review.quorum
    if able == 0 or able + cast < needed:
        raise BadReassignment(
            f"{role.title} has {able} who may decide here, and {needed - cast} are needed."
        )
    review.amend(role=role, quorum=needed, assignee=None)


def _to_person(proposal: Proposal, review: Review, person: User) -> None:
    if not person.is_active or person.username in proposal.barred:
        raise BadReassignment(f"{person.display_name} may not decide on this proposal.")
    if any(each.person_id == person.pk for each in _votes(review)):
        raise BadReassignment(f"{person.display_name} has voted on this revision already.")
    if not permissions.has_decide_right(person, proposal):
        raise BadReassignment(f"{person.display_name} has no right to decide in this workflow.")
    review.amend(assignee=person)


def _votes(review: Review) -> list[Decision]:
    return list(Decision.objects.select_related("person").filter(revision=review.revision_id))
