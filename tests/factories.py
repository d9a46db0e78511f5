"""The scene for a test; the cast and the registries are in tests/registry_factories.py."""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from approvals import decisions, expiry, preparation, submission
from approvals.content import Draft, DraftChange
from approvals.models import Decision, Proposal, Review
from approvals.requesters import agent_requester
from approvals.states import Vote
from orchestrator.agents.models import Agent
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow
from tests.registry_factories import (
    AT,
    FIELDS,
    PASSWORD,
    SETUP,
    create_agent,
    create_cast,
    create_grant,
    create_granted_agent,
    create_org,
    create_role,
    create_user,
    create_workflow,
    get_user,
    issue_key,
)

__all__ = [
    "AT",
    "EVIDENCE",
    "FIELDS",
    "OPPORTUNITY",
    "PASSWORD",
    "SETUP",
    "create_agent",
    "create_cast",
    "create_draft",
    "create_grant",
    "create_granted_agent",
    "create_org",
    "create_proposal",
    "create_role",
    "create_user",
    "create_workflow",
    "get_user",
    "issue_key",
    "vote_on",
]

OPPORTUNITY = "006000000000001AAA"
EVIDENCE = ({"kind": "url", "title": "Call notes", "href": "https://notes.example.com/1"},)
_numbers = itertools.count(1)


def create_draft(
    *,
    workflow: str = "deal-hygiene",
    action: str = "change_stage",
    reason_code: str = "stalled_30d",
    reason_text: str = "No activity for 42 days.",
    changes: Sequence[DraftChange] | None = None,
    fields: Mapping[str, Any] | None = None,
    record_id: str = OPPORTUNITY,
    object_name: str = "Opportunity",
    **more: Any,
) -> Draft:
    """Return a draft that the standard workflow accepts; `fields` replaces what it changes."""
    change = DraftChange(
        operation="update",
        object_name=object_name,
        record_id=record_id,
        fields=fields or {"StageName": "Qualification"},
    )
    values: dict[str, Any] = {"evidence": EVIDENCE, "confidence": Decimal("0.9"), **more}
    return Draft(
        workflow=workflow,
        action=action,
        reason_code=reason_code,
        reason_text=reason_text,
        changes=[change] if changes is None else changes,
        **values,
    )


def create_proposal(
    *,
    state: str = "in_review",
    agent: Agent | None = None,
    draft: Draft | None = None,
    workflow: Workflow | None = None,
    key: str = "",
    at: dt.datetime = AT,
) -> Proposal:
    """Return a proposal brought to `state` by the operations; the CRM must know its record."""
    flow = workflow or Workflow.objects.filter(slug="deal-hygiene").first() or create_workflow()
    by = agent or Agent.objects.select_related("owner").filter(slug="hygiene-agent").first()
    submitted = submission.submit(
        draft=draft or create_draft(workflow=flow.slug),
        requester=agent_requester(by or create_granted_agent(workflow=flow, slug="hygiene-agent")),
        idempotency_key=key or f"key-{next(_numbers)}",
        at=at,
    )
    proposal = submitted.proposal
    if state != "received":
        preparation.prepare_due(limit=200, at=at)
        proposal = Proposal.objects.get(pk=proposal.pk)
    if state in STEPS and proposal.state != state:
        STEPS[state](proposal, at)
    proposal = Proposal.objects.get(pk=proposal.pk)
    assert proposal.state == state, f"{proposal.state}: {proposal.outcome_text}"
    return proposal


def vote_on(
    *, proposal: Proposal, vote: str = Vote.APPROVE, at: dt.datetime = AT, text: str = "Because."
) -> Proposal:
    """Cast this vote by whoever can: every open stage of the proposal for an approval."""
    while True:
        voted = decisions.decide(
            proposal_id=proposal.pk,
            person=_somebody_who_may(proposal),
            vote=vote,
            digest=Proposal.objects.get(pk=proposal.pk).digest,
            reason_code="wrong_value" if vote == Vote.DENY else "",
            text=text,
            at=at,
            authenticated_at=at,
        )
        if voted.state != "in_review":
            return voted


def _somebody_who_may(proposal: Proposal) -> User:
    review = Review.objects.get(proposal=proposal, state="open")
    voters = Decision.objects.filter(revision=review.revision_id).values("person")
    return User.objects.filter(groups__role=review.role, is_active=True).exclude(
        username__in=proposal.barred
    ).exclude(pk__in=voters).first() or get_user("dora")


def _withdraw(proposal: Proposal, at: dt.datetime) -> None:
    by = Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label)
    submission.withdraw(proposal=proposal, reason="No longer needed.", by=by, at=at)


STEPS: dict[str, Callable[[Proposal, dt.datetime], object]] = {
    "approved": lambda proposal, at: vote_on(proposal=proposal, at=at),
    "denied": lambda proposal, at: vote_on(proposal=proposal, vote=Vote.DENY, at=at),
    "revision_requested": lambda proposal, at: vote_on(
        proposal=proposal, vote=Vote.SEND_BACK, at=at
    ),
    "withdrawn": _withdraw,
    "expired": lambda proposal, at: expiry.expire_due(at=proposal.deadline_at),
}
