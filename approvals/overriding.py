"""Deciding one stage in place of its role, where the role cannot: seldom, seen by everybody."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from approvals import advancement, overriding_notices
from approvals.blindness import check_sees_all
from approvals.mandates import AlreadyVoted
from approvals.models import Decision, Override, Proposal, Review
from approvals.models.overrides import LEAST_REASON
from approvals.opening import CastVote, check_same, locked, open_review, votes_on
from approvals.permissions import OwnProposal, carries, may_see
from approvals.states import DenyReason, Risk, Vote
from audit import ledger
from orchestrator.identity.recent import check_recent
from orchestrator.kernel.errors import DomainError, NotAllowed
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer
from orchestrator.people.queries import reachable_members

LONGEST_REASON = 5000
# Two people at high risk: what a whole role was to weigh is not weighed by one.
NEEDED = {Risk.HIGH: 2}
OVERDUE, NOBODY = "overdue", "nobody"


class RoleCanDecide(DomainError):
    """The role has time left and people who can decide: nothing stands in its way."""

    code, status, title = "role_can_decide", 409, "The role can still decide"


class DecideInstead(DomainError):
    """Whoever can decide it themselves has nothing to override."""

    code, status, title = "decide_instead", 409, "Decide it instead"


class SentenceNeeded(DomainError):
    """An override says why, in a sentence."""

    code, status, title = "sentence_needed", 422, "Say why"


@dataclass(frozen=True, slots=True)
class Overridden:
    """What came of it: settled, or waiting for a second person."""

    proposal: Proposal
    settled: bool


@transaction.atomic
def override(
    *,
    proposal_id: str,
    person: User,
    vote: str,
    digest: str,
    reason: str,
    at: dt.datetime,
    authenticated_at: dt.datetime | None = None,
) -> Overridden:
    """
    Approve or deny the open stage in place of its role; a later stage decides for itself.

    :raises NotWhatYouSaw: if the proposal's content is not the one with `digest`
    :raises NotOpen: if the proposal is not open for decisions
    :raises OwnProposal: if the person asked for it, answers for its agent, or edited it
    :raises NotAllowed: if they do not run the workflow
    :raises CannotSeeAll: if a field changes that they may not see
    :raises DecideInstead: if it is theirs to decide anyway
    :raises RoleCanDecide: if the role has time left and somebody who can decide
    :raises AlreadyVoted: if they have had their say on this revision
    :raises SentenceNeeded: if no sentence says why
    :raises RecentSignInNeeded: if they signed in too long ago
    """
    words = _checked_words(vote, reason)
    proposal = locked(proposal_id)
    check_same(proposal, digest)
    review = open_review(proposal, at)
    earlier = votes_on(review)
    because = check_may_override(person, proposal, review, earlier=earlier, at=at)
    check_sees_all(person, proposal)
    check_recent(authenticated_at, at=at)
    given = Override(
        proposal=proposal,
        revision_id=review.revision_id,
        review=review,
        workflow_id=proposal.workflow_id,
        person=person,
        vote=vote,
        digest=digest,
        reason=words,
        because=because,
        missing=max(review.quorum - sum(1 for each in earlier if each.review_id == review.pk), 1),
        settles=_settles(proposal, review, vote),
        at=at,
    )
    given.save(force_insert=True)
    _record(proposal, review, given)
    if given.settles:
        _settle(proposal, review, given, earlier)
    overriding_notices.tell(proposal, review, given)
    return Overridden(proposal, given.settles)


def check_may_override(
    person: User,
    proposal: Proposal,
    review: Review,
    *,
    earlier: list[CastVote],
    at: dt.datetime,
) -> str:
    """
    Refuse whoever may not decide in the role's place; return why the role does not.

    :raises OwnProposal: if it is their own
    :raises NotAllowed: if they do not run the workflow
    :raises AlreadyVoted: if they have had their say on this revision
    :raises DecideInstead: if it is theirs to decide anyway
    :raises RoleCanDecide: if the role can still decide
    """
    if person.username in proposal.barred:
        raise OwnProposal(
            "You asked for this, answer for its agent, or edited it, so somebody else decides."
        )
    runs = may_administer(person, proposal.workflow)
    if not runs and not (person.is_staff and may_see(person, proposal, at=at)):
        raise NotAllowed("Overriding a role is for whoever runs the workflow, and for staff.")
    said = Override.objects.filter(revision=review.revision_id, person=person).exists()
    if said or any(person.pk in (each.person_id, each.place_id) for each in earlier):
        raise AlreadyVoted("You have had your say on this revision; somebody else has theirs.")
    because = why_role_cannot(proposal, review, at=at)
    if not because:
        until = f"{review.due_at:%d %b %Y, %H:%M} UTC" if review.due_at else "its time runs out"
        raise RoleCanDecide(f"{review.role.title} can decide until {until}: hand it on, or wait.")
    if carries(person, review, at=at):
        raise DecideInstead("It is yours to decide: approve or deny it as one of the role.")
    return because


def why_role_cannot(proposal: Proposal, review: Review, *, at: dt.datetime) -> str:
    """Return why the role does not decide: its time ran out, or nobody can be reached; or none."""
    if review.due_at is not None and at >= review.due_at:
        return OVERDUE
    there = [
        each
        for each in reachable_members(role=review.role, at=at)
        if each.username not in proposal.barred
    ]
    return "" if there else NOBODY


def _checked_words(vote: str, reason: str) -> str:
    words = reason.strip().replace("\x00", "")
    if Vote(vote) == Vote.SEND_BACK:
        raise SentenceNeeded("An override approves or denies; questions are for the role to ask.")
    if len(words) < LEAST_REASON or " " not in words:
        raise SentenceNeeded("Say in a sentence why you decide in the role's place.")
    if len(words) > LONGEST_REASON:
        raise SentenceNeeded(f"At most {LONGEST_REASON} characters fit here.")
    return words


def _settles(proposal: Proposal, review: Review, vote: str) -> bool:
    """Say whether this is the last word that the stage needs; a no needs no second one."""
    if vote == Vote.DENY:
        return True
    given = Override.objects.filter(review=review, vote=vote).count()
    return given + 1 >= NEEDED.get(Risk(proposal.risk), 1)


def _settle(proposal: Proposal, review: Review, given: Override, earlier: list[CastVote]) -> None:
    """Cast the votes of everybody who overrode the same way, and draw what follows."""
    same = list(Override.objects.filter(review=review, vote=given.vote).select_related("person"))
    # Whoever overrode first may have been given the stage since, and voted on it.
    voted = {each.person_id for each in earlier} | {each.place_id for each in earlier}
    for each in (word for word in same if word.person_id not in voted):
        Decision.objects.create(
            review=review,
            revision_id=review.revision_id,
            person=each.person,
            vote=each.vote,
            digest=each.digest,
            reason_code=DenyReason.OTHER if each.vote == Vote.DENY else "",
            text=each.reason,
            at=each.at,
            overrides=True,
        )
    by, at = given.person.actor, given.at
    if given.vote == Vote.DENY:
        code = DenyReason.OTHER.value
        advancement.deny(proposal, review, by=by, code=code, text=given.reason, at=at)
        return
    voters = {who for each in earlier for who in (each.person_id, each.place_id)}
    voters |= {each.person_id for each in same}
    advancement.complete(proposal, review, by=by, voters=voters, at=at)


def _record(proposal: Proposal, review: Review, given: Override) -> None:
    ledger.record(
        event="review.overridden",
        by=given.person.actor,
        at=given.at,
        detail={
            "stage": review.stage,
            "role": review.role.slug,
            "vote": given.vote,
            "digest": given.digest,
            "reason": given.reason,
            "because": given.because,
            "missing": given.missing,
            "settled": given.settles,
        },
        **proposal.subject(),
    )
