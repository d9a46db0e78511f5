"""Can this draft be taken? Asks the registries once, judges, stores nothing."""

import datetime as dt
from dataclasses import dataclass

from approvals.content import Draft
from approvals.facts import as_facts, request_of
from approvals.problems import InvalidProposal, NotGranted, Problem
from approvals.requesters import Requester
from approvals.validation import missing_grants, problems_of, with_full_ids
from orchestrator.agents.models import Agent, Grant
from orchestrator.agents.queries import grants_in_force
from orchestrator.connectors.registry import connector_for
from orchestrator.policy.evaluate import evaluate
from orchestrator.policy.verdict import Verdict
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.queries import definition_of


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
    workflow = (
        Workflow.objects.select_related("org", "current_version")
        # Definitions are large and cached by version; see definition_of.
        .defer("current_version__definition", "current_version__source")
        .filter(slug=draft.workflow)
        .first()
    )
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
    draft, bad_ids = with_full_ids(draft, connector_for(workflow.org))
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


def grants_of(agent: Agent | None, workflow: Workflow, at: dt.datetime) -> list[Grant] | None:
    """Return the agent's grants in force, or None for a person, whom grants do not concern."""
    if agent is None:
        return None
    found = grants_in_force(agent_ids=[agent.pk], workflow_ids=[workflow.pk], at=at)
    return found.get((agent.pk, workflow.pk), [])
