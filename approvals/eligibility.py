"""Which of many proposals may one person decide at once? Judged before, and again for each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from approvals.blindness import blind_to
from approvals.desk import Desk, desk_of
from approvals.mandates import AlreadyVoted, Mandate, mandates, open_place, unbarred
from approvals.models import Decision, Proposal, Review
from approvals.opening import CastVote
from approvals.states import ProposalState, ReviewState, Risk, Vote
from approvals.visibility import mask_rows
from orchestrator.people.models import User
from orchestrator.people.permissions import (
    role_has_right,
    workflows_decided_by_role,
    workflows_with_right,
)
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
OTHERS_OWN = Objection(
    "own_proposal",
    "You stand in for somebody who asked for it, answers for its agent, or edited it.",
)
NO_RIGHT = Objection("not_allowed", "None of your roles has the right to decide in its workflow.")
BLIND = Objection(
    "cannot_see_all", "It changes a field that your roles may not see: hand it on, or open it."
)
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
    judge = _Judge(
        desk=desk_of(person, at=at),
        deciding=workflows_with_right(person, Right.DECIDE),
        votes=_votes_on(revisions),
        blind=blind_to(person, proposals.values()),
        wordless=vote == Vote.APPROVE and not text.strip(),
        at=at,
    )
    judged = [
        judge.line(each, proposals.get(each.proposal_id), reviews.get(each.proposal_id))
        for each in chosen
    ]
    mask_rows(person=person, proposals=proposals.values())
    return judged


def may_decide_now(
    *, person: User, proposals: Sequence[Proposal], at: dt.datetime
) -> list[Proposal]:
    """Return those of the proposals that the person could decide at once."""
    chosen = [Chosen(each.pk, each.digest) for each in proposals]
    lines = preflight(person=person, chosen=chosen, vote=Vote.APPROVE, text="-", at=at)
    good = {line.chosen.proposal_id for line in lines if line.objection is None}
    return [each for each in proposals if each.pk in good]


def _votes_on(revisions: Sequence[int]) -> dict[int, list[CastVote]]:
    cast: dict[int, list[CastVote]] = defaultdict(list)
    for vote in Decision.objects.filter(revision__in=revisions):
        place = vote.on_behalf_of_id or vote.person_id
        cast[vote.revision_id].append(CastVote(vote.review_id, vote.person_id, vote.vote, place))
    return cast


@dataclass(frozen=True, slots=True)
class _Judge:
    desk: Desk
    deciding: Collection[int]
    votes: Mapping[int, Sequence[CastVote]]
    # What they may not see enough of to decide on.
    blind: Collection[str]
    wordless: bool
    at: dt.datetime
    # What people who are away may decide by their roles, and roles that staff carry: asked once.
    lent: dict[int, set[int]] = field(default_factory=dict)
    resort: dict[tuple[int, int], bool] = field(default_factory=dict)

    def line(self, chosen: Chosen, proposal: Proposal | None, review: Review | None) -> Line:
        if proposal is None or not self._may_see(proposal, review):
            return Line(chosen, None, None, NOT_THERE)
        return Line(chosen, proposal, review, self._objection(chosen, proposal, review))

    def _may_see(self, proposal: Proposal, review: Review | None) -> bool:
        if proposal.workflow_id in self.desk.workflows:
            return True
        if self.desk.person.username in proposal.barred:
            return True
        return review is not None and bool(self._places(review))

    def _places(self, review: Review) -> list[Mandate]:
        return mandates(self.desk.duties, review, person_id=self.desk.person.pk)

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
        places = self._places(review)
        if not places:
            return Objection("not_allowed", f"This is for {review.role.title} to decide.")
        places = unbarred(places, proposal.barred)
        if not places:
            return OTHERS_OWN
        places = [each for each in places if self._has_right(each, proposal, review)]
        if not places:
            return NO_RIGHT
        if proposal.pk in self.blind:
            return BLIND
        try:
            cast = self.votes.get(review.revision_id, ())
            open_place(places, cast, person_id=self.desk.person.pk)
        except AlreadyVoted:
            return VOTED
        return None

    def _has_right(self, place: Mandate, proposal: Proposal, review: Review) -> bool:
        if place.stands_for is not None:
            person = place.stands_for.person
            if person not in self.lent:
                self.lent[person] = workflows_decided_by_role(person)
            return proposal.workflow_id in self.lent[person]
        if place.last_resort:
            key = (review.role_id, proposal.workflow_id)
            if key not in self.resort:
                self.resort[key] = role_has_right(review.role, proposal.workflow, Right.DECIDE)
            return self.resort[key]
        return proposal.workflow_id in self.deciding

    def _of_bulk(self, proposal: Proposal, review: Review) -> Objection | None:
        if proposal.risk == Risk.HIGH:
            return HIGH_RISK
        if self.wordless and review.policy.get("approve_needs_text"):
            return WORDS_NEEDED
        return None
