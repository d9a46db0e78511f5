"""A workflow in figures: what it did within a month, what is open, who has to decide."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from approvals import sla_measures
from approvals.models import Review
from approvals.sla_measures import Window
from approvals.states import ReviewState
from approvals.visibility import mask_rows
from orchestrator.insight.latest import latest_proposals
from orchestrator.insight.outcome_counts import Counts, counts_of
from orchestrator.kernel import clock
from orchestrator.observation.measures import agreement
from orchestrator.reconciliation.measures import reversal_rate
from orchestrator.web.partials import partials
from orchestrator.web.request import Request
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.pages import number_in_force, workflow_for
from orchestrator.workflows.queries import version_numbered

DAYS = 30


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it is, its value, and over what it was counted."""

    title: str
    share: float | None
    # Shown instead of a share, where the figure is none.
    text: str
    over: str
    href: str = ""


@require_safe
@partials("figures")
def show_figures(request: Request, slug: str) -> HttpResponse:
    """Show a workflow's figures; its page loads them once it is there."""
    workflow, at = workflow_for(request.user, slug), clock.now()
    context: dict[str, Any] = {
        "workflow": workflow,
        "version": version_numbered(workflow, number_in_force(workflow)),
        "tab": "overview",
        "days": DAYS,
        **figures_of(workflow, at),
    }
    mask_rows(person=request.user, proposals=context["latest"])
    return TemplateResponse(request, "insight/figures.html", context)


def figures_of(workflow: Workflow, at: dt.datetime) -> dict[str, Any]:
    """Return every figure of the last month, what is open now, and the newest proposals."""
    since = at - dt.timedelta(days=DAYS)
    counts = counts_of("workflow", workflow.pk, workflows=[workflow.pk], since=since, until=at)
    return {
        "counts": counts,
        "figures": [*_decided(counts), *_measured(workflow, since, at)],
        "waiting": _waiting(workflow),
        "overdue": sla_measures.overdue_now(workflow=workflow, at=at),
        "latest": latest_proposals(workflows=[workflow.pk]),
    }


def _decided(counts: Counts) -> list[Figure]:
    most = "at least " if counts.capped else ""
    return [
        Figure("Proposals", None, f"{most}{counts.made:,}", f"{counts.open} of them open still"),
        Figure(
            "Approval rate",
            counts.approval_rate,
            "",
            f"{counts.said_yes} approved of {counts.judged} that people decided",
        ),
        Figure(
            "Edit rate",
            counts.edit_rate,
            "",
            f"{counts.edited} edited of {counts.said_yes} that people approved",
        ),
        Figure(
            "Median time to decide",
            None,
            _span(counts.median),
            f"from being proposed until decided, of {len(counts.seconds)}",
        ),
        Figure(
            "Exception rate",
            counts.exception_rate,
            "",
            f"{counts.exceptions} of {counts.approved} approved: failed, unknown, given up, or "
            "back to people because the record had moved",
        ),
    ]


def _measured(workflow: Workflow, since: dt.datetime, until: dt.datetime) -> list[Figure]:
    reversal = reversal_rate(workflow=workflow, since=since, until=until)
    punctual = sla_measures.adherence(window=Window(since, until), workflow=workflow)
    agreed = agreement(workflow=workflow, since=since, until=until)
    path = f"/workflows/{workflow.slug}"
    return [
        Figure(
            "Reversal rate",
            reversal.share,
            "",
            f"{reversal.reverted} taken back of {reversal.committed} written",
            "/reconciliation/",
        ),
        Figure(
            "SLA adherence",
            punctual.share,
            "",
            f"{punctual.in_time} of {punctual.closed} reviews closed before they were due",
            f"{path}/adherence/",
        ),
        Figure(
            "Agreement",
            agreed.share,
            "",
            f"{agreed.agreed} of {agreed.compared} observed proposals are what people did",
            f"{path}/agreement/",
        ),
    ]


def _waiting(workflow: Workflow) -> list[dict[str, Any]]:
    """Return which roles have how much to decide now, and since when the oldest waits."""
    rows = Review.objects.filter(workflow=workflow, state=ReviewState.OPEN).order_by()
    counted = rows.values("role__title").annotate(count=Count("pk"), oldest=Min("opened_at"))
    return list(counted.order_by("role__title"))


def _span(median: dt.timedelta | None) -> str:
    if median is None:
        return ""
    minutes = round(median.total_seconds() / 60)
    if minutes < 1:
        return "under a minute"
    if minutes < 120:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"
