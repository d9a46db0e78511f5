"""What announcing a batch of outcomes needs to know, asked in a few queries for all of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from approvals.models import Change, Decision, Outcome, Proposal
from approvals.states import Vote
from orchestrator.people.models import User
from orchestrator.people.permissions import ADMINISTRATORS

HEAVY = ("receipt", "risk_reasons", "barred")


@dataclass(frozen=True, slots=True)
class Facts:
    """People, votes and records around a batch of outcomes."""

    proposals: dict[str, Proposal]
    # Every vote on any revision of a proposal, oldest first.
    votes: dict[str, list[Decision]]
    records: dict[tuple[str, int], list[dict[str, Any]]]
    # Those who asked for something themselves, by user name.
    requesters: dict[str, User]
    # Who hears what would otherwise reach nobody.
    administrators: list[User]

    def answering(self, proposal: Proposal) -> list[User]:
        """Return who hears of a proposal: its owner or requester, else who runs the workflow."""
        if proposal.agent is not None:
            first = proposal.agent.owner
        else:
            first = self.requesters.get(proposal.requester_id, proposal.workflow.owner)
        for person in (first, proposal.workflow.owner):
            if person.is_active:
                return [person]
        return self.administrators

    def approvers(self, proposal: Proposal) -> list[User]:
        """Return everybody who voted for the proposal, once each."""
        voted = [each for each in self.votes[proposal.pk] if each.vote == Vote.APPROVE]
        return list({each.person_id: each.person for each in voted}.values())

    def last_voter(self, outcome: Outcome) -> User | None:
        """Return whose vote on this very revision came last."""
        votes = [
            each
            for each in self.votes[outcome.proposal_id]
            if each.revision.number == outcome.revision
        ]
        return votes[-1].person if votes else None


def load(outcomes: Sequence[Outcome]) -> Facts:
    """Return what is known around these outcomes."""
    ids = {each.proposal_id for each in outcomes}
    rows = Proposal.objects.filter(pk__in=ids).defer(*HEAVY)
    proposals = {row.pk: row for row in rows.select_related("workflow__owner", "agent__owner")}
    asked = {row.requester_id for row in proposals.values() if row.agent is None}
    nobody = any(not _reached(row) for row in proposals.values())
    return Facts(
        proposals=proposals,
        votes=_votes(ids),
        records=_records(ids),
        requesters=_people(asked),
        administrators=_administrators() if nobody else [],
    )


def _reached(proposal: Proposal) -> bool:
    return proposal.workflow.owner.is_active


def _votes(ids: Collection[str]) -> dict[str, list[Decision]]:
    found: dict[str, list[Decision]] = defaultdict(list)
    rows = Decision.objects.filter(revision__proposal__in=ids).order_by("at", "pk")
    for row in rows.select_related("person", "revision").defer("revision__content"):
        found[row.revision.proposal_id].append(row)
    return found


def _records(ids: Collection[str]) -> dict[tuple[str, int], list[dict[str, Any]]]:
    found: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    rows = Change.objects.filter(revision__proposal__in=ids).order_by("revision", "position")
    wanted = rows.values(
        "operation",
        "object_name",
        "record_id",
        "external_id",
        proposal=F("revision__proposal"),
        number=F("revision__number"),
    )
    for row in wanted:
        found[row["proposal"], row["number"]].append(dict(row))
    return found


def _people(usernames: Collection[str]) -> dict[str, User]:
    if not usernames:
        return {}
    return {row.username: row for row in User.objects.filter(username__in=usernames)}


def _administrators() -> list[User]:
    active = User.objects.filter(is_active=True).order_by("username")
    return list(active.filter(groups__role__slug=ADMINISTRATORS)) or list(
        active.filter(is_superuser=True)
    )
