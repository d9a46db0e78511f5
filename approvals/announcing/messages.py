"""What people are told of outcomes; many of one kind at once become one message."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from approvals.announcing.surroundings import Facts
from approvals.announcing.words import ANNOUNCEMENTS, Announcement
from approvals.models import Outcome, Proposal
from approvals.states import ProposalState
from approvals.visibility import told_outside
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.people.models import User

# From so many of one kind on, one message speaks for all of them: a storm is not told drop by drop.
TOGETHER_FROM = {Urgency.LOW: 2}
TOGETHER = 6
DECIDED_BY = {ProposalState.APPROVED, ProposalState.DENIED, ProposalState.REVISION_REQUESTED}
FAILURES = {ProposalState.FAILED, ProposalState.OUTCOME_UNKNOWN}


@dataclass(frozen=True, slots=True)
class Telling:
    """One person who is told of one outcome, and how urgently."""

    person: User
    outcome: Outcome
    proposal: Proposal
    urgency: Urgency

    @property
    def kind(self) -> tuple[int, str, str, str]:
        """Return what is told together."""
        return (self.person.pk, self.proposal.workflow.slug, self.outcome.state, self.urgency)


def tellings(outcomes: Sequence[Outcome], facts: Facts) -> list[Telling]:
    """Return who is told of what: nobody twice of the same, and the more urgent one counts."""
    found = []
    for outcome in outcomes:
        proposal = facts.proposals[outcome.proposal_id]
        told: set[int] = set()
        for person, urgency in _recipients(outcome, proposal, facts):
            if person.is_active and person.pk not in told:
                told.add(person.pk)
                found.append(Telling(person, outcome, proposal, urgency))
    return found


def messages(outcomes: Sequence[Outcome], facts: Facts) -> list[tuple[User, Message]]:
    """Return the messages about these outcomes, each with its recipient."""
    groups: dict[tuple[int, str, str, str], list[Telling]] = defaultdict(list)
    for telling in tellings(outcomes, facts):
        groups[telling.kind].append(telling)
    found: list[tuple[User, Message]] = []
    for group in groups.values():
        if len(group) >= TOGETHER_FROM.get(group[0].urgency, TOGETHER):
            found.append((group[0].person, _together(group)))
        else:
            found += [(each.person, _alone(each)) for each in group]
    return found


def conclusions(outcomes: Iterable[Outcome], facts: Facts) -> dict[str, str]:
    """Return how the matter of each proposal ended, in words, where nobody has to decide now."""
    found = {}
    for outcome in outcomes:
        announcement = _announcement(outcome)
        # Meanwhile back with people: what is said about it now is not over.
        waits = facts.proposals[outcome.proposal_id].state == ProposalState.IN_REVIEW
        if announcement.settles and not waits:
            found[outcome.proposal_id] = _conclusion(outcome, facts)
    return found


def _recipients(
    outcome: Outcome, proposal: Proposal, facts: Facts
) -> Iterable[tuple[User, Urgency]]:
    announcement = _announcement(outcome)
    urgency = announcement.requester
    if proposal.agent is None and urgency == Urgency.LOW:
        # Whoever asked for it themselves waits for it.
        urgency = Urgency.NORMAL
    yield from ((person, urgency) for person in facts.answering(proposal))
    if announcement.approvers is not None:
        wanted = announcement.approvers
        yield from ((person, wanted) for person in facts.approvers(proposal))


def _announcement(outcome: Outcome) -> Announcement:
    return ANNOUNCEMENTS[ProposalState(outcome.state)]


def _conclusion(outcome: Outcome, facts: Facts) -> str:
    words = _announcement(outcome).words
    voter = facts.last_voter(outcome) if outcome.state in DECIDED_BY else None
    said = f"{words} by {voter.display_name}" if voter else words
    return said[0].upper() + said[1:] + "."


def _alone(telling: Telling) -> Message:
    outcome, proposal = telling.outcome, telling.proposal
    announcement = _announcement(outcome)
    about = proposal.agent.title if proposal.agent else proposal.requester_label
    lines = [f"{proposal.action.replace('_', ' ').capitalize()}, proposed by {about}."]
    if outcome.outcome_code:
        lines.append(f"Reason: {outcome.outcome_code.replace('_', ' ')}.")
    return Message(
        event=announcement.event,
        urgency=telling.urgency,
        title=f"{proposal.workflow.title}: {announcement.words}",
        lines=tuple(lines),
        details=_details(outcome, proposal),
        path=f"/proposals/{proposal.pk}/",
        subject_kind="proposal",
        subject_id=proposal.pk,
        key=f"outcome:{outcome.pk}",
    )


def _details(outcome: Outcome, proposal: Proposal) -> tuple[str, ...]:
    """Return what names the record or was written by somebody, as it stands now."""
    label = str(proposal.headline.get("label", ""))
    words = proposal.outcome_text if proposal.state == outcome.state else ""
    return told_outside(proposal, proposal.title, label, words)


def _together(group: Sequence[Telling]) -> Message:
    first, last = group[0], group[-1]
    announcement = _announcement(first.outcome)
    slug = first.proposal.workflow.slug
    failed = first.outcome.state in FAILURES
    return Message(
        event=announcement.event,
        urgency=first.urgency,
        title=f"{first.proposal.workflow.title}: {len(group)} changes {announcement.words}",
        path="/failures/" if failed else f"/?tab=decided&workflow={slug}",
        subject_kind="workflow",
        subject_id=slug,
        key=f"outcomes:{first.outcome.pk}:{last.outcome.pk}",
    )
