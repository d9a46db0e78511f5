"""How often approvals came sooner than anybody can read: one's own, and those of a workflow."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals.attention import figures
from orchestrator.kernel import clock
from orchestrator.kernel.errors import NotFound
from orchestrator.people.permissions import may_administer
from orchestrator.web.partials import partials
from orchestrator.web.request import Request
from orchestrator.workflows.pages import number_in_force, workflow_for
from orchestrator.workflows.queries import version_numbered


@never_cache
@require_safe
@partials("attention")
def show_mine(request: Request) -> HttpResponse:
    """Show a person their own figures; nobody else's are there."""
    shares = figures.of_person(request.user, until=clock.now())
    context = {
        "days": figures.DAYS,
        "shares": shares,
        "whole": figures.together("All together", shares),
    }
    return TemplateResponse(request, "approvals/attention_mine.html", context)


@never_cache
@require_safe
@partials("attention")
def show_of_workflow(request: Request, slug: str) -> HttpResponse:
    """Show a workflow's figures by person to those who administer it, and to nobody else."""
    workflow = workflow_for(request.user, slug)
    if not may_administer(request.user, workflow):
        raise NotFound("Only those who administer the workflow look at this.")
    shares = figures.of_workflow(workflow, until=clock.now())
    context = {
        "workflow": workflow,
        "version": version_numbered(workflow, number_in_force(workflow)),
        "tab": "overview",
        "days": figures.DAYS,
        "shares": shares,
        "whole": figures.together("All together", shares),
    }
    return TemplateResponse(request, "approvals/attention_of_workflow.html", context)
