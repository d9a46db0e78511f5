"""Which of many proposals may one person decide at once? Judged before, and again for each."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from approvals.desk import Desk, desk_of
from approvals.models import Decision, Proposal, Review
from approvals.states import ProposalState, ReviewState, Risk, Vote
from orchestrator.people.models import User
from orchestrator.people.permissions import workflows_with_right
from orchestrator.people.rights import Right


class Chosen(NamedTuple):
    """One proposal that a person chose, with the digest that was on their screen."""

    proposal_id: str
    digest: str


class Objection(NamedTuple):
    """Why an item is left out: a stable code and words."""

    code: str
    text: str


HIGH_RISK = Objection("high_risk", "High risk: open it and decide on it alone.")
NOT_THERE = Objection("not_found", "There is no such proposal, or your roles may not see it.")
CHANGED = Objection("not_what_you_saw", "It changed since you chose it: read it again.")
CLOSED = Objection("not_open", "It is no longer open for a decision.")
READING = Objection("not_open", "Its records are being read again.")
LATE = Objection("deadline_passed", "Its time to decide has run out.")
OWN = Objection("own_proposal", "You asked for it, answer for its agent, or edited it.")
NO_RIGHT = Objection("not_allowed", "None of your roles has the right to decide in its workflow.")
VOTED = Objection("already_voted", "You have voted on it.")
WORDS_NEEDED = Objection("text_needed", "It is for people alone: say why you approve.")


@dataclass(frozen=True, slots=True)
class Line:
    """One chosen proposal, and why it cannot be decided with the others, if so."""

    chosen: Chosen
    # None where the person may not know of it.
    proposal: Proposal | None
    review: Review | None
    objection: Objection | None


def preflight(
    *, person: User, chosen: Sequence[Chosen], vote: str, text: str, at: dt.datetime
) -> list[Line]:
    """Return every chosen proposal with what keeps it from being decided; five queries in all."""
    ids = [each.proposal_id for each in chosen]
    rows = Proposal.objects.filter(pk__in=ids).select_related("workflow", "agent")
    proposals = {row.pk: row for row in rows}
    open_reviews = Review.objects.filter(proposal__in=ids, state=ReviewState.OPEN)
    reviews = {row.proposal_id: row for row in open_reviews.select_related("role")}
    revisions = [review.revision_id for review in reviews.values()]
    votes = Decision.objects.filter(revision__in=revisions, person=person)
    judge = _Judge(
        desk=desk_of(person),
        deciding=workflows_with_right(person, Right.DECIDE),
        voted=set(votes.values_list("revision", flat=True)),
        wordless=vote == Vote.APPROVE and not text.strip(),
        at=at,
    )
    return [
        judge.line(each, proposals.get(each.proposal_id), reviews.get(each.proposal_id))
        for each in chosen
    ]


def may_decide_now(
    *, person: User, proposals: Sequence[Proposal], at: dt.datetime
) -> list[Proposal]:
    """Return those of the proposals that the person could decide at once."""
    chosen = [Chosen(each.pk, each.digest) for each in proposals]
    lines = preflight(person=person, chosen=chosen, vote=Vote.APPROVE, text="-", at=at)
    good = {line.chosen.proposal_id for line in lines if line.objection is None}
    return [each for each in proposals if each.pk in good]


@dataclass(frozen=True, slots=True)
class _Judge:
    desk: Desk
    deciding: Collection[int]
    voted: Collection[int]
    wordless: bool
    at: dt.datetime

    def line(self, chosen: Chosen, proposal: Proposal | None, review: Review | None) -> Line:
        if proposal is None or not self._may_see(proposal, review):
            return Line(chosen, None, None, NOT_THERE)
        return Line(chosen, proposal, review, self._objection(chosen, proposal, review))

    def _may_see(self, proposal: Proposal, review: Review | None) -> bool:
        if proposal.workflow_id in self.desk.workflows:
            return True
        if self.desk.person.username in proposal.barred:
            return True
        return review is not None and self._carries(review)

    def _carries(self, review: Review) -> bool:
        return review.assignee_id == self.desk.person.pk or review.role_id in self.desk.roles

    def _objection(
        self, chosen: Chosen, proposal: Proposal, review: Review | None
    ) -> Objection | None:
        if proposal.digest != chosen.digest:
            return CHANGED
        if proposal.state != ProposalState.IN_REVIEW:
            return CLOSED
        if self.at >= proposal.deadline_at:
            return LATE
        if review is None:
            return READING
        return self._of_person(proposal, review) or self._of_bulk(proposal, review)

    def _of_person(self, proposal: Proposal, review: Review) -> Objection | None:
        if self.desk.person.username in proposal.barred:
            return OWN
        if not self._carries(review):
            return Objection("not_allowed", f"This is for {review.role.title} to decide.")
        if proposal.workflow_id not in self.deciding:
            return NO_RIGHT
        return VOTED if review.revision_id in self.voted else None

    def _of_bulk(self, proposal: Proposal, review: Review) -> Objection | None:
        if proposal.risk == Risk.HIGH:
            return HIGH_RISK
        if self.wordless and review.policy.get("approve_needs_text"):
            return WORDS_NEEDED
        return None
