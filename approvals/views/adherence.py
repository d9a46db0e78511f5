"""How punctually a workflow's people decide."""

import datetime as dt

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from approvals import sla_measures
from approvals.sla_measures import Window
from orchestrator.kernel import clock
from orchestrator.web.partials import partials
from orchestrator.web.request import Request
from orchestrator.workflows.pages import number_in_force, workflow_for
from orchestrator.workflows.queries import version_numbered

DAYS = 30


@require_safe
@partials("adherence")
def show_adherence(request: Request, slug: str) -> HttpResponse:
    """Show the share of a workflow's reviews that were closed in time, by role and by stage."""
    workflow, at = workflow_for(request.user, slug), clock.now()
    window = Window(at - dt.timedelta(days=DAYS), at)
    context = {
        "workflow": workflow,
        "version": version_numbered(workflow, number_in_force(workflow)),
        "tab": "overview",
        "days": DAYS,
        "whole": sla_measures.adherence(window=window, workflow=workflow),
        "by_role": sla_measures.adherence_by_role(window=window, workflow=workflow),
        "by_stage": sla_measures.adherence_by_stage(window=window, workflow=workflow),
        "overdue": sla_measures.overdue_now(workflow=workflow, at=at),
    }
    return TemplateResponse(request, "approvals/adherence.html", context)
