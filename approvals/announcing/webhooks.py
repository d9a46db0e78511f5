"""What agents are told of outcomes: names and numbers, no value of the CRM, no way to decide."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from approvals.announcing.surroundings import Facts
from approvals.announcing.words import ANNOUNCEMENTS
from approvals.models import Outcome, Proposal
from approvals.receipts import review_url
from approvals.states import CLOSED, ProposalState
from orchestrator.webhooks.enqueueing import NewEvent

# As many as a proposal may have; a message has its size all the same.
MOST_RECORDS = 25


def events(outcomes: Sequence[Outcome], facts: Facts) -> list[NewEvent]:
    """Return what the agents of these outcomes are told."""
    found = []
    for outcome in outcomes:
        proposal = facts.proposals[outcome.proposal_id]
        if proposal.agent_id is None:
            continue
        found.append(
            NewEvent(
                agent_id=proposal.agent_id,
                event=ANNOUNCEMENTS[ProposalState(outcome.state)].event,
                at=outcome.at,
                subject_id=proposal.pk,
                data=_data(outcome, proposal, facts),
            )
        )
    return found


def _data(outcome: Outcome, proposal: Proposal, facts: Facts) -> dict[str, Any]:
    records = facts.records[outcome.proposal_id, outcome.revision]
    return {
        "id": proposal.pk,
        "sequence": outcome.sequence,
        "state": outcome.state,
        "closed": outcome.state in CLOSED,
        "revision": outcome.revision,
        "digest": outcome.digest,
        "outcome": {
            "code": outcome.outcome_code,
            "text": ANNOUNCEMENTS[ProposalState(outcome.state)].sentence,
        },
        "workflow": proposal.workflow.slug,
        "action": proposal.action,
        "run": proposal.run,
        "records": [
            {
                "op": each["operation"],
                "object": each["object_name"],
                "id": each["record_id"],
                "external_id": each["external_id"],
            }
            for each in records[:MOST_RECORDS]
        ],
        "reverted_by": proposal.reverted_by_id,
        "status_url": f"{settings.PUBLIC_URL}/api/v1/proposals/{proposal.pk}",
        "review_url": review_url(proposal.pk),
    }
