"""Deciding: the one way a vote is cast, and the one way a review changes hands."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from approvals import advancement, altering, permissions, quorum, same_people
from approvals.altering import Wish
from approvals.ballots import (
    BadDecision,
    Ballot,
    ReasonNeeded,
    TextNeeded,
    TooManyQuestions,
    check_altered_words,
    check_words,
)
from approvals.blindness import check_sees_all
from approvals.handover import BadReassignment, reassign
from approvals.mandates import AlreadyVoted, Mandate, open_place
from approvals.models import Decision, Proposal, Review
from approvals.opening import (
    AlreadyDecided,
    DeadlinePassed,
    NotOpen,
    NotWhatYouSaw,
    check_same,
    locked,
    open_review,
    votes_on,
)
from approvals.states import ReviewState, Risk, Vote
from audit import ledger
from orchestrator.identity.recent import check_recent
from orchestrator.kernel.errors import DomainError, NotAllowed
from orchestrator.kernel.faultpoints import reach
from orchestrator.people.models import User
from orchestrator.people.resolution import Leave

__all__ = [
    "AlreadyDecided",
    "AlreadyVoted",
    "BadDecision",
    "BadReassignment",
    "DeadlinePassed",
    "NotOpen",
    "NotWhatYouChecked",
    "NotWhatYouSaw",
    "ReasonNeeded",
    "TextNeeded",
    "TooManyQuestions",
    "approve_altered",
    "decide",
    "reassign",
]


class NotWhatYouChecked(DomainError):
    """What would be approved is not what the person was shown before they sent it."""

    code, status, title = "not_what_you_checked", 409, "Look at it again"


@dataclass(frozen=True, slots=True)
class Altered:
    """A proposal that somebody altered, and whether their own approval counts for it."""

    proposal: Proposal
    counted: bool


@transaction.atomic
def decide(
    *,
    proposal_id: str,
    person: User,
    vote: str,
    digest: str,
    reason_code: str,
    text: str,
    at: dt.datetime,
    bulk: str = "",
    authenticated_at: dt.datetime | None = None,
) -> Proposal:
    """
    Cast a person's vote on the revision they saw, and draw what follows from it.

    :raises NotWhatYouSaw: if the proposal's content is not the one with `digest`
    :raises AlreadyDecided: if somebody decided first
    :raises NotOpen: if the proposal is not open for decisions
    :raises DeadlinePassed: if its time has run out
    :raises OwnProposal: if the person may not decide because it is their own
    :raises NotAllowed: if it is not their duty
    :raises CannotSeeAll: if a field changes that they may not see
    :raises AlreadyVoted: if they voted on this revision before
    :raises BadDecision: if a text or a reason is missing
    :raises TooManyQuestions: if it was sent back often enough
    :raises RecentSignInNeeded: if the risk is high and the person signed in too long ago
    """
    words = text.strip()
    ballot = Ballot(person, Vote(vote), digest, reason_code, words, at, bulk, authenticated_at)
    proposal = locked(proposal_id)
    check_same(proposal, digest)
    review = open_review(proposal, at)
    places = permissions.check_may_decide(person, proposal, review, at=at)
    check_sees_all(person, proposal)
    _count(proposal, review, ballot, places)
    return proposal


def approve_altered(
    *,
    proposal_id: str,
    person: User,
    digest: str,
    wish: Wish,
    checked: str,
    at: dt.datetime,
    authenticated_at: dt.datetime | None = None,
) -> Altered:
    """
    Make a part, or an edit, of what the person saw the next revision, and approve it if they may.

    `digest` is that of the revision they saw, `checked` that of what they made of it, as they were
    shown it. All of it happens in one transaction; the same request again finds it done.

    :raises NotWhatYouSaw: if the proposal's content is not the one with `digest`
    :raises NotWhatYouChecked: if what it makes is not what was shown before it was sent
    :raises InvalidProposal: if a value does not fit, or the changes go beyond the proposal
    :raises NotGranted: if the agent's grants do not cover it
    :raises NotAcceptable: if policy refuses the values
    :raises NotAlterable: if the action does not allow it
    :raises DomainError: as `decide` does for an approval
    """
    told = altering.described(altering.found(proposal_id))
    with transaction.atomic():
        proposal = altering.locked(proposal_id)
        if altering.done_before(proposal, person=person, checked=checked):
            return Altered(proposal, _has_voted(person, checked))
        check_same(proposal, digest)
        review = open_review(proposal, at)
        places = permissions.check_may_decide(person, proposal, review, at=at)
        check_sees_all(person, proposal)
        open_place(places, votes_on(review), person_id=person.pk)
        drawn = altering.draw_up(proposal=proposal, wish=wish, described=told, at=at)
        check_altered_words(drawn, wish)
        if drawn.digest != checked:
            raise NotWhatYouChecked("You changed something since you looked at it: look again.")
        altering.store(proposal, drawn, person=person, at=at)
        reach("inside_altering")
        ballot = Ballot(
            person, Vote.APPROVE, checked, "", wish.text, at, authenticated_at=authenticated_at
        )
        counted = drawn.terms.counts and _count_own(proposal, review, ballot)
        if drawn.alteration.edits:
            altering.bar(proposal, person)
        return Altered(proposal, counted)


def _count_own(proposal: Proposal, before: Review, ballot: Ballot) -> bool:
    """Count the vote of whoever altered it, if what is left asks them first; say whether it did."""
    review = open_review(proposal, ballot.at)
    same_people.ask_the_same(before, review)
    try:
        places = permissions.check_may_decide(ballot.person, proposal, review, at=ballot.at)
    except NotAllowed:
        # What is left starts with another stage: theirs comes later.
        return False
    _count(proposal, review, ballot, places)
    return True


def _has_voted(person: User, digest: str) -> bool:
    return Decision.objects.filter(person=person, digest=digest).exists()


def _count(proposal: Proposal, review: Review, ballot: Ballot, places: Sequence[Mandate]) -> None:
    """Cast a vote on the open review of the locked proposal, and draw what follows from it."""
    person, at = ballot.person, ballot.at
    earlier = votes_on(review)
    place = open_place(places, earlier, person_id=person.pk)
    check_words(proposal, review, ballot)
    if ballot.vote == Vote.APPROVE and proposal.risk == Risk.HIGH:
        check_recent(ballot.authenticated_at, at=at)
    _cast(proposal, review, ballot, place.stands_for)
    votes = [each.vote for each in earlier if each.review_id == review.pk]
    stands = quorum.outcome(votes=[*votes, ballot.vote], quorum=review.quorum)
    if stands == ReviewState.APPROVED:
        filled = place.stands_for.person if place.stands_for else person.pk
        voters = {who for each in earlier for who in (each.person_id, each.place_id)}
        voters |= {person.pk, filled}
        advancement.complete(proposal, review, by=person.actor, voters=voters, at=at)
    elif stands == ReviewState.DENIED:
        advancement.deny(
            proposal, review, by=person.actor, code=ballot.reason_code, text=ballot.text, at=at
        )
    elif stands == ReviewState.SENT_BACK:
        advancement.send_back(proposal, review, by=person.actor, question=ballot.text, at=at)


def _cast(proposal: Proposal, review: Review, ballot: Ballot, stands_for: Leave | None) -> None:
    Decision.objects.create(
        review=review,
        revision_id=review.revision_id,
        person=ballot.person,
        vote=ballot.vote,
        digest=ballot.digest,
        reason_code=ballot.reason_code if ballot.vote == Vote.DENY else "",
        text=ballot.text,
        at=ballot.at,
        on_behalf_of_id=stands_for.person if stands_for else None,
        on_behalf_until=stands_for.until if stands_for else None,
    )
    detail: dict[str, Any] = {
        "stage": review.stage,
        "role": review.role.slug,
        "vote": ballot.vote.value,
        "digest": ballot.digest,
        "text": ballot.text,
        "reason_code": ballot.reason_code if ballot.vote == Vote.DENY else "",
    }
    if ballot.bulk:
        detail["bulk"] = ballot.bulk
    if stands_for is not None:
        detail["on_behalf_of"] = stands_for.username
        detail["on_behalf_name"] = stands_for.name
        detail["until"] = stands_for.until.isoformat()
    if review.opened_at is not None:
        # Two machines' clocks may disagree: nobody decided before they were asked.
        detail["seconds"] = max(round((ballot.at - review.opened_at).total_seconds(), 3), 0)
    ledger.record(
        event="review.voted",
        by=ballot.person.actor,
        at=ballot.at,
        detail=detail,
        **proposal.subject(),
    )
