"""What we last wrote against what is there: the page, a run on demand, and the export."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from approvals.visibility import sights_of
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.orgs.models import Org
from orchestrator.reconciliation import pages, schedule
from orchestrator.reconciliation.exporting import export
from orchestrator.reconciliation.forms import FindingFilter
from orchestrator.reconciliation.permissions import check_start, visible_orgs, visible_workflows
from orchestrator.web.request import Request


@never_cache
@require_safe
def show_runs(request: Request) -> HttpResponse:
    """Show the latest run of an org, or another one, with its differences and the trend."""
    return _page(request)


@never_cache
@require_POST
def start_run(request: Request) -> HttpResponse:
    """Begin a run on demand."""
    try:
        org = _org(request)
        check_start(request.user, org)
        schedule.start(org=org, by=request.user.actor, at=clock.now())
    except DomainError as problem:
        return _page(request, problem)
    messages.success(request, f"Reconciling {org.title}. Reload in a moment to see how far it is.")
    response = redirect("reconciliation:show-runs")
    response["Location"] += f"?org={org.slug}"
    return response


@never_cache
@require_POST
def export_run(request: Request, run_id: int) -> HttpResponseBase:
    """Hand out a run's findings as CSV; that is recorded, so it takes a form and not a link."""
    workflow_ids = visible_workflows(request.user)
    run = pages.run_wanted(visible_orgs(workflow_ids), run_id)
    if run is None:
        raise NotFound("There is no such run.")
    lines = export(
        run,
        workflow_ids=workflow_ids,
        filters=FindingFilter(request.GET).filters(),
        sights=sights_of(person=request.user, workflow_ids=workflow_ids),
        by=request.user.actor,
        at=clock.now(),
    )
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"reconciliation-{run.org.slug}-{run.pk}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _org(request: Request) -> Org:
    slug = request.POST.get("org", "")
    known = {org.slug: org for org in visible_orgs(visible_workflows(request.user))}
    if slug not in known:
        raise NotFound("There is no such org, or none of your roles may see it.")
    return known[slug]


def _page(request: Request, problem: DomainError | None = None) -> HttpResponse:
    context = pages.page_of(request.user, FindingFilter(request.GET)) | {"problem": problem}
    status = problem.status if problem else 200
    return TemplateResponse(request, "reconciliation/index.html", context, status=status)
