"""What an agent may do, whatever protocol it speaks: one function a duty."""

import datetime as dt
from typing import Any

from approvals import preflight as preflights
from approvals import queries, submission
from approvals.requesters import agent_requester
from approvals.submission import Submitted
from orchestrator.agents.models import Agent
from orchestrator.gateway import answers, drafts, records, standing
from orchestrator.gateway.schemas import ProposalIn, RevisionIn
from orchestrator.kernel.errors import NotFound

Json = dict[str, Any]


def propose(*, agent: Agent, sent: ProposalIn, idempotency_key: str, at: dt.datetime) -> Submitted:
    """
    Take a proposal in.

    :raises DomainError: if it cannot be taken; the code says why
    """
    return submission.submit(
        draft=drafts.draft_of_proposal(sent),
        requester=agent_requester(agent),
        idempotency_key=idempotency_key,
        at=at,
    )


def revise(*, agent: Agent, proposal_id: str, sent: RevisionIn, at: dt.datetime) -> Json:
    """
    Take a new revision of the agent's own proposal.

    :raises NotFound: if it is not the agent's
    :raises DomainError: if the revision cannot be taken
    """
    proposal = queries.own_proposal(agent=agent, proposal_id=proposal_id)
    submission.submit_revision(
        proposal=proposal,
        draft=drafts.draft_of_revision(
            sent, workflow=proposal.workflow.slug, action=proposal.action, run=proposal.run
        ),
        answer=sent.answer or "",
        by=agent.actor,
        at=at,
    )
    return status(agent=agent, proposal_id=proposal_id)


def withdraw(*, agent: Agent, proposal_id: str, reason: str, at: dt.datetime) -> Json:
    """
    Take the agent's own proposal back.

    :raises NotFound: if it is not the agent's
    :raises IllegalMove: if it is too late
    """
    proposal = queries.own_proposal(agent=agent, proposal_id=proposal_id)
    submission.withdraw(proposal=proposal, reason=reason, by=agent.actor, at=at)
    return status(agent=agent, proposal_id=proposal_id)


def status(*, agent: Agent, proposal_id: str) -> Json:
    """
    Return the agent's own proposal as it stands.

    :raises NotFound: if it is not the agent's
    """
    return answers.whole(queries.own_proposal(agent=agent, proposal_id=proposal_id))


def statuses(*, agent: Agent, state: str, workflow: str, after: str, limit: int) -> Json:
    """Return a page of the agent's own proposals, oldest first after `after`."""
    page = queries.own_proposals(
        agent=agent, state=state, workflow=workflow, after=after, limit=limit
    )
    proposals = [queries.status_of(proposal) for proposal in page]
    return {
        "proposals": proposals,
        "next": proposals[-1]["id"] if len(proposals) == limit else None,
    }


def preflight(*, agent: Agent, sent: ProposalIn, at: dt.datetime) -> Json:
    """
    Say what would happen to a proposal; store nothing.

    :raises DomainError: if it could not be taken at all, or the CRM does not answer
    """
    return preflights.preflight(
        draft=drafts.draft_of_proposal(sent), requester=agent_requester(agent), at=at
    )


def me(*, agent: Agent, at: dt.datetime) -> Json:
    """Return who the agent is, what it may propose, what is left, and whether it is paused."""
    return standing.standing(agent=agent, at=at)


def workflows(*, agent: Agent, at: dt.datetime) -> list[Json]:
    """Return the workflows that the agent has grants in, with what their actions allow."""
    return standing.workflows_open_to(agent=agent, at=at)


def record(*, agent: Agent, object_name: str, record_id: str, at: dt.datetime) -> Json:
    """
    Return a record through our connector, cut down to what the agent's grants name.

    :raises NotFound: if no grant covers the object, or the record is not there
    """
    found = records.record_for(agent=agent, object_name=object_name, record_id=record_id, at=at)
    if found is None:
        raise NotFound(f"There is no {object_name} {record_id} within your grants.")
    return found
