"""Can this draft be taken? Asks the registries once, judges, stores nothing."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from approvals.content import Draft
from approvals.coverage import missing_grants
from approvals.facts import as_facts, request_of
from approvals.problems import InvalidProposal, NotGranted, Problem
from approvals.requesters import Requester
from approvals.validation import RecordIds, problems_of, with_full_ids
from orchestrator.agents.models import Agent
from orchestrator.agents.queries import HeldGrant, held_grants
from orchestrator.connectors.registry import connector_for
from orchestrator.orgs.models import Org
from orchestrator.policy.evaluate import evaluate
from orchestrator.policy.verdict import Verdict
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.queries import definition_of, workflow_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A draft that makes sense, with what it was judged by."""

    draft: Draft
    workflow: Workflow
    version: WorkflowVersion
    definition: WorkflowDefinition
    verdict: Verdict


def accept(*, draft: Draft, requester: Requester, at: dt.datetime) -> Accepted:
    """
    Check a draft against the version of its workflow that is in force.

    :raises InvalidProposal: if it makes no sense in its workflow
    :raises NotGranted: if no grant of the agent covers it
    """
    workflow = workflow_in_force(draft.workflow)
    if workflow is None or workflow.current_version is None:
        text = f"There is no workflow {draft.workflow!r} in force; list yours and use its name."
        raise InvalidProposal([Problem("unknown_workflow", "/workflow", text)])
    return accept_in(
        draft=draft,
        workflow=workflow,
        version=workflow.current_version,
        agent=requester.agent,
        at=at,
    )


def accept_in(
    *,
    draft: Draft,
    workflow: Workflow,
    version: WorkflowVersion,
    agent: Agent | None,
    at: dt.datetime,
) -> Accepted:
    """
    Check a draft against one version of a workflow.

    :raises InvalidProposal: if it makes no sense there
    :raises NotGranted: if no grant of the agent covers it
    """
    definition = definition_of(version.pk)
    draft, bad_ids = with_full_ids(draft, record_ids(workflow.org_id))
    problems = problems_of(draft, definition) + bad_ids
    if problems:
        raise InvalidProposal(problems)
    grants = grants_of(agent, workflow, at)
    if grants is not None and (lacking := missing_grants(draft, grants)):
        raise NotGranted(lacking)
    facts = as_facts(at=at, mode=workflow.mode, agent=agent, grants=grants, prepared=False)
    verdict = evaluate(request=request_of(draft), facts=facts, definition=definition)
    return Accepted(
        draft=draft, workflow=workflow, version=version, definition=definition, verdict=verdict
    )


def grants_of(agent: Agent | None, workflow: Workflow, at: dt.datetime) -> list[HeldGrant] | None:
    """Return the agent's grants in force, or None for a person, whom grants do not concern."""
    if agent is None:
        return None
    return held_grants(agent_id=agent.pk, workflow_id=workflow.pk, at=at)


@lru_cache(maxsize=256)
def record_ids(org_id: int) -> RecordIds:
    """Return what tells the record ids of an org: its kind decides, and never changes."""
    return connector_for(Org.objects.get(pk=org_id))
