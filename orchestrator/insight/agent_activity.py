"""What an agent did, and what is left of its limits: beside its page, loaded once it is there."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from approvals.facts import Usage
from approvals.states import ProposalState
from approvals.visibility import mask_rows
from orchestrator.agents.models import Agent
from orchestrator.agents.queries import agent_named, grants_of
from orchestrator.insight.latest import latest_proposals
from orchestrator.insight.outcome_counts import counts_of
from orchestrator.kernel import clock
from orchestrator.people.permissions import workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.web.partials import partials
from orchestrator.web.request import Request
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of

WEEK, MONTH = 7, 30
# Each costs a count; an agent with more of them has its limits on the pages of the workflows.
WORKFLOWS_MEASURED = 5


@dataclass(frozen=True, slots=True)
class Budget:
    """One limit of a workflow, and what this agent has left of it."""

    workflow: Workflow
    words: str
    used: int | None
    left: int | None


@require_safe
@partials("activity")
def show_activity(request: Request, name: str) -> HttpResponse:
    """Show what an agent did in the workflows that the person may see."""
    agent = agent_named(name, environment=request.GET.get("environment", ""))
    visible = workflows_with_right(request.user, Right.VIEW)
    context: dict[str, Any] = {"agent": agent, **activity_of(agent, visible, clock.now())}
    mask_rows(person=request.user, proposals=context["latest"])
    return TemplateResponse(request, "insight/activity.html", context)


def activity_of(agent: Agent, visible: set[int], at: dt.datetime) -> dict[str, Any]:
    """Return outcomes of a week and a month, refusals, the newest proposals, and budgets."""
    counts = counts_of(
        "agent",
        agent.pk,
        workflows=visible,
        since=at - dt.timedelta(days=MONTH),
        until=at,
        recent=at - dt.timedelta(days=WEEK),
    )
    states = [state for state in ProposalState if counts.by_state.get(state)]
    budgets, more = budgets_of(agent, visible, at)
    return {
        "counts": counts,
        "outcomes": [(each, counts.recent.get(each, 0), counts.by_state[each]) for each in states],
        "refusals": sorted(counts.refused_by_code.items(), key=lambda each: -each[1]),
        "latest": latest_proposals(workflows=visible, agent=agent.pk),
        "budgets": budgets,
        "more_budgets": more,
        "ceiling": settings.COUNTERSIGN["agent_requests_per_minute"],
    }


def budgets_of(agent: Agent, visible: set[int], at: dt.datetime) -> tuple[list[Budget], bool]:
    """Return the limits that the agent meets now, and whether there are more workflows."""
    granted = {grant.workflow_id: grant.workflow for grant in grants_of(agent=agent, at=at)}
    workflows = [each for pk, each in granted.items() if pk in visible and each.current_version_id]
    usage, found = Usage(at), []
    for workflow in workflows[:WORKFLOWS_MEASURED]:
        definition = definition_of(workflow.current_version_id or 0)
        used = usage.of(definition, workflow_id=workflow.pk, agent_id=agent.pk)
        for limit, count in zip(definition.limits, used, strict=True):
            known = count is not None and limit.writes is not None
            left = max((limit.writes or 0) - (count or 0), 0) if known else None
            found.append(Budget(workflow, limit.words, count, left))
    return found, len(workflows) > WORKFLOWS_MEASURED
