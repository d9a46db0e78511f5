"""What the reader of a proposal may do with it: asked once, of the operations' own predicates."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.conf import settings

from approvals import permissions
from approvals.alteration_terms import may_alter
from approvals.blindness import unseen
from approvals.detail import Detail
from approvals.models import Proposal, Review
from approvals.opening import votes_on
from approvals.overriding import check_may_override
from approvals.states import WITHDRAWABLE, ProposalState, Purpose, Risk
from orchestrator.identity.recent import is_recent
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User
from orchestrator.people.rights import Right
from orchestrator.workflows.queries import definition_of


class WhyNot(NamedTuple):
    """Why somebody may not decide: a stable code, and words that say what helps."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """One person before one proposal; the operations ask again when something is sent."""

    may_see_all: bool
    may_decide: bool
    # Empty where they may, or where nothing waits to be decided.
    why_not: WhyNot | None = None
    may_edit: bool = False
    may_approve_part: bool = False
    may_withdraw: bool = False
    may_hand_on: bool = False
    may_override: bool = False
    is_requester: bool = False
    has_voted: bool = False
    # Whose place their vote would fill, by name; empty for their own.
    stands_in_for: str = ""
    # An approval would ask them to prove first who they are.
    needs_recent_sign_in: bool = False
    questions_left: int = 0
    # Fields that change and are hidden from them, as Object.Field.
    hidden: Sequence[str] = field(default_factory=tuple)


def viewer_of(
    found: Detail, person: User, *, at: dt.datetime, authenticated_at: dt.datetime | None
) -> Viewer:
    """Return what the person may do with the proposal that they look at."""
    proposal = found.proposal
    waiting = waiting_review(found, at=at)
    own = is_requester(person, proposal)
    parts, edits = _alterable(found)
    deciding = found.may_decide and waiting is not None
    leave = found.mandate.stands_for if found.mandate else None
    high = proposal.risk == Risk.HIGH
    return Viewer(
        may_see_all=found.mask.clear or not unseen(found.mask.sight, found.changes),
        may_decide=deciding,
        why_not=_why_not(found) if waiting is not None else None,
        may_edit=deciding and edits,
        may_approve_part=deciding and parts,
        may_withdraw=proposal.state in WITHDRAWABLE and own,
        may_hand_on=waiting is not None and _may_hand_on(found, person, waiting, at),
        may_override=waiting is not None and _may_override(found, person, waiting, at),
        is_requester=own,
        has_voted=_has_voted(found, person),
        stands_in_for=leave.name if leave else "",
        needs_recent_sign_in=deciding and high and not is_recent(authenticated_at, at=at),
        questions_left=_questions_left(proposal),
        hidden=tuple(unseen(found.mask.sight, found.changes)),
    )


def waiting_review(found: Detail, *, at: dt.datetime) -> Review | None:
    """Return the stage that waits for a decision while there is time for one."""
    undecided = found.proposal.state == ProposalState.IN_REVIEW
    return found.open_review if undecided and at < found.proposal.deadline_at else None


def is_requester(person: User, proposal: Proposal) -> bool:
    """Say whether the person proposed it, or answers for the agent that did."""
    own = (proposal.requester_kind, proposal.requester_id) == (person.actor.kind, person.actor.id)
    return own or person.username in proposal.barred


def _why_not(found: Detail) -> WhyNot | None:
    return WhyNot(found.refusal.code, found.refusal.detail) if found.refusal else None


def _alterable(found: Detail) -> tuple[bool, bool]:
    """Say whether there is a part to approve, and something to edit."""
    proposal = found.proposal
    action = definition_of(proposal.version_id).actions.get(proposal.action)
    parts, edits = may_alter(action, by_agent=proposal.agent_id is not None)
    values = sum(len(change.fields) for change in found.changes)
    return parts and max(values, len(found.changes)) > 1, edits and values > 0


def _may_hand_on(found: Detail, person: User, review: Review, at: dt.datetime) -> bool:
    if found.may_decide:
        return True
    try:
        permissions.check_may_hand_on(
            person, found.proposal, review, at=at, rights=found.rights, duties=found.duties
        )
    except DomainError:
        return False
    return True


def _may_override(found: Detail, person: User, review: Review, at: dt.datetime) -> bool:
    # What everybody else lacks is known without asking: most pages cost nothing here.
    if found.may_decide or not (person.is_staff or Right.ADMINISTER in found.rights):
        return False
    try:
        check_may_override(person, found.proposal, review, earlier=votes_on(review), at=at)
    except DomainError:
        return False
    return found.mask.clear or not unseen(found.mask.sight, found.changes)


def _has_voted(found: Detail, person: User) -> bool:
    votes = (vote for review in found.current_reviews for vote in review.decisions.all())
    return any(person.pk in (vote.person_id, vote.on_behalf_of_id) for vote in votes)


def _questions_left(proposal: Proposal) -> int:
    # Whoever asks for a rollback has no way to answer: approve it, or say no.
    if proposal.purpose == Purpose.ROLLBACK:
        return 0
    return max(int(settings.COUNTERSIGN["send_backs_per_proposal"]) - proposal.send_backs, 0)
