"""Deciding: the one way a vote is cast, and the one way a review changes hands."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from approvals import advancement, permissions, quorum
from approvals.blindness import check_sees_all
from approvals.handover import BadReassignment, reassign
from approvals.mandates import AlreadyVoted, open_place
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
from approvals.states import DenyReason, ReviewState, Risk, Vote
from audit import ledger
from orchestrator.identity.recent import check_recent
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User
from orchestrator.people.resolution import Leave

__all__ = [
    "AlreadyDecided",
    "AlreadyVoted",
    "BadDecision",
    "BadReassignment",
    "DeadlinePassed",
    "NotOpen",
    "NotWhatYouSaw",
    "ReasonNeeded",
    "TextNeeded",
    "TooManyQuestions",
    "decide",
    "reassign",
]

LONGEST_TEXT = 5000


class BadDecision(DomainError):
    """The decision lacks the words it needs."""

    code, status, title = "bad_decision", 422, "The decision needs more"


class TextNeeded(BadDecision):
    """The vote needs a sentence of its own."""

    code = "text_needed"


class ReasonNeeded(BadDecision):
    """A denial names one of the known reasons."""

    code = "reason_needed"


class TooManyQuestions(DomainError):
    """The proposal went back and forth often enough."""

    code, status, title = "too_many_questions", 409, "No more questions"


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one person decides, in their own words."""

    person: User
    vote: Vote
    digest: str
    reason_code: str
    text: str
    at: dt.datetime
    # The bulk decision that it belongs to, if any.
    bulk: str = ""
    # When the person last proved who they are, if the door knows.
    authenticated_at: dt.datetime | None = None


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
    earlier = votes_on(review)
    place = open_place(places, earlier, person_id=person.pk)
    _check_words(proposal, review, ballot)
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
            proposal, review, by=person.actor, code=reason_code, text=ballot.text, at=at
        )
    elif stands == ReviewState.SENT_BACK:
        advancement.send_back(proposal, review, by=person.actor, question=ballot.text, at=at)
    return proposal


def _check_words(proposal: Proposal, review: Review, ballot: Ballot) -> None:
    if len(ballot.text) > LONGEST_TEXT:
        raise BadDecision(f"At most {LONGEST_TEXT} characters fit here.")
    if "\x00" in ballot.text:
        raise BadDecision("The text holds a character that cannot be kept: type it again.")
    if ballot.vote == Vote.APPROVE:
        if review.policy.get("approve_needs_text") and not ballot.text:
            raise TextNeeded("This action is for people alone: say in a sentence why you approve.")
        return
    if not ballot.text:
        raise TextNeeded(
            "Say why, for the people behind the agent."
            if ballot.vote == Vote.DENY
            else "Ask a question that the agent can answer."
        )
    if ballot.vote == Vote.DENY and ballot.reason_code not in DenyReason.values():
        raise ReasonNeeded(f"Choose a reason: {', '.join(DenyReason.values())}.")
    most = int(settings.COUNTERSIGN["send_backs_per_proposal"])
    if ballot.vote == Vote.SEND_BACK and proposal.send_backs >= most:
        raise TooManyQuestions(f"It was sent back {most} times: approve or deny it.")


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
