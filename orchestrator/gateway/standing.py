"""How an agent stands: its grants, what is left of its limits, and whether writing is halted."""

import datetime as dt
from typing import Any

from approvals.agent_viewer import standing_viewer
from approvals.facts import Usage
from orchestrator.agents.models import Agent, Grant
from orchestrator.agents.queries import grants_of
from orchestrator.agents.states import AgentState
from orchestrator.commits.switch import stops_for_agent
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of

Json = dict[str, Any]


def standing(*, agent: Agent, at: dt.datetime) -> Json:
    """Return the agent, its grants in force, its workflows with budgets, and the halts it meets."""
    grants = grants_of(agent=agent, at=at)
    workflows = _workflows(grants)
    halts = _halts(agent, workflows)
    return {
        "id": agent.pk,
        "agent": agent.slug,
        "title": agent.title,
        "environment": agent.environment,
        "state": str(agent.state),
        "grants": [_grant(grant) for grant in grants],
        "workflows": [
            {"workflow": workflow.slug, "title": workflow.title, "mode": workflow.mode}
            for workflow in workflows
        ],
        "budgets": {workflow.slug: _budgets(agent, workflow, at) for workflow in workflows},
        "paused": bool(halts),
        "halts": halts,
        "viewer": standing_viewer(may_propose=agent.state == AgentState.ACTIVE and bool(grants)),
    }


def workflows_open_to(*, agent: Agent, at: dt.datetime) -> list[Json]:
    """Return the workflows that the agent has grants in, with what their actions allow."""
    return [_workflow(workflow) for workflow in _workflows(grants_of(agent=agent, at=at))]


def _workflows(grants: list[Grant]) -> list[Workflow]:
    found = {grant.workflow_id: grant.workflow for grant in grants}
    return [each for each in found.values() if each.current_version_id is not None]


def _grant(grant: Grant) -> Json:
    return {
        "workflow": grant.workflow.slug,
        "object": grant.object_name,
        "fields": list(grant.fields),
        "operations": list(grant.operations),
        "record_filter": grant.record_filter,
        "until": grant.ends_at.isoformat() if grant.ends_at else None,
    }


def _budgets(agent: Agent, workflow: Workflow, at: dt.datetime) -> list[Json]:
    definition = definition_of(_version(workflow))
    used = Usage(at).of(definition, workflow_id=workflow.pk, agent_id=agent.pk)
    return [
        {
            "limit": limit.words,
            "used": count,
            "left": None if count is None or limit.writes is None else max(limit.writes - count, 0),
        }
        for limit, count in zip(definition.limits, used, strict=True)
    ]


def _workflow(workflow: Workflow) -> Json:
    definition = definition_of(_version(workflow))
    return {
        "workflow": workflow.slug,
        "title": workflow.title,
        "description": workflow.description,
        "mode": workflow.mode,
        "actions": [
            {
                "action": name,
                "policy": action.policy,
                "reasons": list(action.reasons),
                "evidence": (
                    {"at_least": action.evidence.at_least, "kinds": list(action.evidence.kinds)}
                    if action.evidence
                    else None
                ),
                "targets": [
                    {
                        "object": target.object,
                        "operations": list(target.operations),
                        "fields": sorted(target.fields),
                    }
                    for target in action.targets
                ],
            }
            for name, action in definition.actions.items()
        ],
    }


def _version(workflow: Workflow) -> int:
    if workflow.current_version_id is None:
        raise ValueError("a workflow in force has a version")
    return workflow.current_version_id


def _halts(agent: Agent, workflows: list[Workflow]) -> list[Json]:
    """Return the halts that may keep something of this agent's from being written."""
    stops = stops_for_agent(
        agent=agent.slug,
        workflows=[workflow.slug for workflow in workflows],
        orgs={workflow.org.slug for workflow in workflows},
    )
    return [
        {"scope": stop.scope, "value": stop.value, "state": str(stop.state), "reason": stop.reason}
        for stop in stops
    ]
