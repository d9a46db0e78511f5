"""What one person decides, and whether it has the words that it needs."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from approvals.altering import Drawn, Wish
from approvals.models import Proposal, Review
from approvals.states import DenyReason, Vote
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User

LONGEST_TEXT = 5000
PEOPLE_ALONE = "This action is for people alone: say in a sentence why you approve."


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


def check_words(proposal: Proposal, review: Review, ballot: Ballot) -> None:
    """
    Refuse a vote without the words that it needs.

    :raises BadDecision: if a text or a reason is missing, or cannot be kept
    :raises TooManyQuestions: if the proposal was sent back often enough
    """
    if len(ballot.text) > LONGEST_TEXT:
        raise BadDecision(f"At most {LONGEST_TEXT} characters fit here.")
    if "\x00" in ballot.text:
        raise BadDecision("The text holds a character that cannot be kept: type it again.")
    if ballot.vote == Vote.APPROVE:
        if review.policy.get("approve_needs_text") and not ballot.text:
            raise TextNeeded(PEOPLE_ALONE)
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


def check_altered_words(drawn: Drawn, wish: Wish) -> None:
    """
    Refuse a part without a reason, and an edit without a sentence: the agent is told both.

    :raises BadDecision: if the reason or the text is missing
    """
    if drawn.alteration.left_out and wish.reason_code not in DenyReason.values():
        raise ReasonNeeded("Choose why you leave something out: the agent is told.")
    if drawn.alteration.edits and not wish.text:
        raise TextNeeded("Say in a sentence what was wrong and what you changed.")
    if drawn.verdict.approve_needs_text and not wish.text:
        raise TextNeeded(PEOPLE_ALONE)
