"""The pages of workflows: list, what is in force, source, versions, and the way down."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from orchestrator.calendars.queries import calendar_named
from orchestrator.kernel import clock
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people import operations as people
from orchestrator.people.models import Role
from orchestrator.people.permissions import (
    check_may_administer_people,
    may_administer,
    workflows_with_right,
)
from orchestrator.people.rights import Right
from orchestrator.people.role_calendars import set_calendar
from orchestrator.web.partials import partials
from orchestrator.web.request import Request
from orchestrator.workflows import operations, pages, queries
from orchestrator.workflows.calendar_uses import uses_of
from orchestrator.workflows.forms import CompareForm, ModeForm, RightForm, TakeRightForm
from orchestrator.workflows.models import Workflow


@require_safe
def index(request: Request) -> HttpResponse:
    """List the workflows that the person may see."""
    visible = workflows_with_right(request.user, Right.VIEW)
    context = {"workflows": queries.workflows_among(visible)}
    return render(request, "workflows/index.html", context)


@require_safe
def overview(request: Request, slug: str, number: int | None = None) -> HttpResponse:
    """Show the version in force in words, or another one, with the mode and its history."""
    workflow = pages.workflow_for(request.user, slug)
    wanted = number or pages.number_in_force(workflow)
    version = queries.version_numbered(workflow, wanted)
    administers = may_administer(request.user, workflow)
    context = {
        "workflow": workflow,
        "version": version,
        "tab": "overview",
        "administers": administers,
        "form": ModeForm(workflow=workflow) if administers else None,
        "roles": Role.objects.all() if administers else (),
        **pages.overview_of(workflow, version),
    }
    return render(request, "workflows/overview.html", context)


@require_safe
def source(request: Request, slug: str, number: int) -> HttpResponse:
    """Show the file of one version as it was loaded."""
    workflow = pages.workflow_for(request.user, slug)
    version = queries.version_numbered(workflow, number)
    context = {"workflow": workflow, "version": version, "tab": "source"}
    return render(request, "workflows/source.html", context)


@require_safe
def versions(request: Request, slug: str) -> HttpResponse:
    """List the versions, and show what differs between two of them."""
    workflow = pages.workflow_for(request.user, slug)
    known = queries.versions_of(workflow)
    newest = known[0].number
    form = CompareForm(request.GET, versions=known)
    older, newer = form.chosen(default=(max(newest - 1, 1), newest))
    context = {
        "workflow": workflow,
        "version": workflow.current_version,
        "versions": known,
        "tab": "versions",
        "form": CompareForm({"older": older, "newer": newer}, versions=known),
        "administers": may_administer(request.user, workflow),
        **pages.comparison_of(workflow, older, newer),
    }
    return render(request, "workflows/versions.html", context)


@require_POST
def lower_mode(request: Request, slug: str) -> HttpResponse:
    """Take the workflow down to a stricter mode, at once."""
    at = clock.now()
    workflow = _administered(request, slug)
    form = ModeForm(request.POST, workflow=workflow)
    if form.is_valid():
        operations.lower_mode(
            workflow=workflow,
            to=form.cleaned_data["to"],
            reason=form.cleaned_data["reason"],
            by=request.user.actor,
            at=at,
        )
        messages.success(request, f"{workflow.title} is in {workflow.mode} mode now.")
    else:
        messages.error(request, "Choose a mode below the present one and say why.")
    return redirect("workflows:show-workflow", slug=slug)


@require_POST
def give_right(request: Request, slug: str) -> HttpResponse:
    """Give a role a right on the workflow."""
    workflow, form = _administered(request, slug), RightForm(request.POST)
    if form.is_valid():
        people.grant_right(
            workflow=workflow, by=request.user.actor, at=clock.now(), **form.cleaned_data
        )
        messages.success(request, "The role has the right now.")
    else:
        messages.error(request, "Choose a role and a right.")
    return redirect("workflows:show-workflow", slug=slug)


@require_POST
def take_right(request: Request, slug: str) -> HttpResponse:
    """Take a right on the workflow from a role."""
    workflow, form = _administered(request, slug), TakeRightForm(request.POST)
    if form.is_valid():
        people.take_right(
            workflow=workflow, by=request.user.actor, at=clock.now(), **form.cleaned_data
        )
        messages.success(request, "The role no longer has the right.")
    else:
        messages.error(request, "Choose a role and a right, and say why.")
    return redirect("workflows:show-workflow", slug=slug)


def _administered(request: Request, slug: str) -> Workflow:
    workflow = pages.workflow_for(request.user, slug)
    if not may_administer(request.user, workflow):
        raise NotAllowed("Only people who administer this workflow may do this.")
    return workflow


@require_safe
@partials("calendar-uses")
def calendar_uses(request: Request, slug: str) -> HttpResponse:
    """Show which roles and workflows go by a calendar; calendars themselves stand below them."""
    context = uses_of(calendar_named(slug), request.user)
    return TemplateResponse(request, "workflows/calendar_uses.html", context)


@require_POST
def set_role_calendar(request: Request, slug: str) -> HttpResponse:
    """Let a role go by a calendar, or by that of each workflow again."""
    check_may_administer_people(request.user)
    calendar = calendar_named(slug)
    role = get_object_or_404(Role, slug=request.POST.get("role", ""))
    wanted = calendar if request.POST.get("uses") else None
    set_calendar(role=role, calendar=wanted, by=request.user.actor, at=clock.now())
    words = calendar.title if wanted else "the calendar of each workflow"
    messages.success(request, f"{role.title} goes by {words}, for what opens from now on.")
    return redirect("calendars:show-calendar", slug=slug)
