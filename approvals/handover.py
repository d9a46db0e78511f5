"""Handing a review on, to another role or to one person."""

import datetime as dt

from django.db import transaction

from approvals import directory, handover_notices, permissions
from approvals.following import follow
from approvals.models import Decision, Proposal, Review, Snooze
from approvals.opening import locked, open_review
from approvals.routing import ALL
from audit import ledger
from orchestrator.kernel.errors import DomainError
from orchestrator.people import queries
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import role_has_right
from orchestrator.people.resolution import stand_in
from orchestrator.people.rights import Right


class BadReassignment(DomainError):
    """The review cannot go there."""

    code, status, title = "bad_reassignment", 422, "It cannot be handed on like this"


class PersonAway(BadReassignment):
    """Whoever it was to be handed to is out of office; `extra` names who stands in."""

    code, status, title = "person_away", 409, "Out of office"


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
    :raises PersonAway: if the one it goes to is out of office, with who could take it instead
    :raises BadReassignment: if nobody there could decide it
    """
    proposal = locked(proposal_id)
    review = open_review(proposal, at)
    permissions.check_may_hand_on(person, proposal, review, at=at)
    if (to_role is None) == (to_person is None):
        raise BadReassignment("Choose either a role or a person.")
    if not reason.strip() or "\x00" in reason:
        raise BadReassignment("Say why you hand it on.")
    left, left_to = review.role.slug, review.assignee_id
    if to_role is not None:
        _to_role(proposal, review, to_role, at)
    if to_person is not None:
        _to_person(proposal, review, to_person, at)
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
    follow(proposal, review, by=person.actor, at=at)
    handover_notices.tell(
        proposal, review, by=person, to=to_person or to_role, left_to=left_to, why=reason, at=at
    )
    return proposal


def _to_role(proposal: Proposal, review: Review, role: Role, at: dt.datetime) -> None:
    """The stage keeps its quorum; "all" means all of the new role."""
    if not role_has_right(role, proposal.workflow, Right.DECIDE):
        raise BadReassignment(f"{role.title} has no right to decide in this workflow.")
    votes = _votes(review)
    voters = {name for each in votes for name in _names(each)}
    able = len(directory.load(at=at).able(role, {*proposal.barred, *voters}))
    cast = sum(1 for each in votes if each.review_id == review.pk)
    needed = able + cast if review.policy["quorum"] == ALL else review.quorum
    if able == 0 or able + cast < needed:
        raise BadReassignment(
            f"{role.title} has {able} who may decide here, and {needed - cast} are needed."
        )
    same = role.pk == review.role_id
    # The backups of the role that is left were asked in its place, not in the new one's.
    review.amend(
        role=role,
        quorum=needed,
        assignee=None,
        widened_to_id=review.widened_to_id if same else None,
    )


def _to_person(proposal: Proposal, review: Review, person: User, at: dt.datetime) -> None:
    _check_person(proposal, review, person)
    away = queries.leaves(at=at)
    if person.pk in away:
        until = f"{away[person.pk].until:%d %b %Y, %H:%M} UTC"
        found = stand_in(person.pk, away)
        if found is None:
            raise PersonAway(
                f"{person.display_name} is out of office until {until}, and nobody stands in. "
                "Choose somebody else."
            )
        _offer(proposal, review, person, User.objects.get(pk=found), until)
    review.amend(assignee=person)
    # What they had put off was everybody's: now it waits for them by name.
    Snooze.objects.filter(review=review.pk, person=person).delete()


def _offer(proposal: Proposal, review: Review, person: User, filler: User, until: str) -> None:
    """Refuse where the delegate could take it; where they could not, they decide in the place."""
    try:
        _check_person(proposal, review, filler)
    except BadReassignment:
        if filler.username not in proposal.barred:
            return
        raise PersonAway(
            f"{person.display_name} is out of office until {until}, and {filler.display_name}, who "
            "stands in, may not decide on this proposal. Choose somebody else."
        ) from None
    raise PersonAway(
        f"{person.display_name} is out of office until {until}. {filler.display_name} stands in: "
        "hand it to them, or choose somebody else.",
        extra={"delegate": filler.username},
    )


def _check_person(proposal: Proposal, review: Review, person: User) -> None:
    if not person.is_active or person.username in proposal.barred:
        raise BadReassignment(f"{person.display_name} may not decide on this proposal.")
    if any(person.username in _names(each) for each in _votes(review)):
        raise BadReassignment(f"{person.display_name} has voted on this revision already.")
    if not permissions.has_decide_right(person, proposal):
        raise BadReassignment(f"{person.display_name} has no right to decide in this workflow.")


def _votes(review: Review) -> list[Decision]:
    votes = Decision.objects.select_related("person", "on_behalf_of")
    return list(votes.filter(revision=review.revision_id))


def _names(vote: Decision) -> set[str]:
    """Return who voted, and whose place that filled."""
    filled = {vote.on_behalf_of.username} if vote.on_behalf_of else set()
    return {vote.person.username, *filled}
