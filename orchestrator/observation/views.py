"""What observing a workflow showed."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orchestrator.kernel import clock
from orchestrator.observation.forms import ObservationFilter
from orchestrator.observation.pages import page_of
from orchestrator.web.request import Request
from orchestrator.workflows.pages import number_in_force, workflow_for
from orchestrator.workflows.queries import version_numbered


@never_cache
@require_safe
def show_agreement(request: Request, slug: str) -> HttpResponse:
    """Show what agents would have done in a workflow against what people did."""
    workflow = workflow_for(request.user, slug)
    context = {
        "workflow": workflow,
        "version": version_numbered(workflow, number_in_force(workflow)),
        "tab": "agreement",
        **page_of(workflow, ObservationFilter(request.GET), person=request.user, at=clock.now()),
    }
    return TemplateResponse(request, "observation/agreement.html", context)
