"""The first steps of an installation, from nothing to a proposal that waits for somebody."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from orchestrator.agents import operations as agents
from orchestrator.agents.forms import KeyForm
from orchestrator.agents.models import Agent
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.onboarding import first_agent, owners, pages, simulated
from orchestrator.onboarding.forms import (
    AgentForm,
    OwnersForm,
    WorkflowFileForm,
    line_of,
    workflow_named,
)
from orchestrator.onboarding.progress import progress_of
from orchestrator.policy.conditions import compile_condition
from orchestrator.web.request import Request
from orchestrator.workflows.loader import BadWorkflowFile
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.operations import add_version
from orchestrator.workflows.queries import definition_of

PAGE = "onboarding/start.html"


@never_cache
@require_safe
def show_start(request: Request) -> HttpResponse:
    """Show how far this installation is, and the step that comes next."""
    pages.check_staff(request.user)
    return _page(request)


@require_POST
def use_simulator(request: Request) -> HttpResponse:
    """Connect the simulated org that runs beside this installation."""
    pages.check_staff(request.user)
    org = simulated.connect_simulator(by=request.user.actor, at=clock.now())
    messages.success(request, f"{org.title} is connected.")
    return redirect("onboarding:show-start")


@require_POST
def name_owners(request: Request) -> HttpResponse:
    """Let the chosen people run the workflows."""
    pages.check_staff(request.user)
    form = OwnersForm(request.POST, auto_id="owners_%s")
    if form.is_valid():
        chosen = list(form.cleaned_data["owners"])
        try:
            owners.name_ops_owners(owners=chosen, by=request.user.actor, at=clock.now())
        except DomainError as refusal:
            form.add_error("owners", refusal.detail)
        else:
            messages.success(
                request, "They run the workflows now, and decide where nobody else does."
            )
            return redirect("onboarding:show-start")
    return _page(request, status=422, owners_form=form)


@require_POST
def load_workflow(request: Request) -> HttpResponse:
    """Load a workflow file, or show every problem with its line."""
    pages.check_staff(request.user)
    form = WorkflowFileForm(request.POST, request.FILES, auto_id="file_%s")
    if not form.is_valid():
        return _page(request, status=422, file_form=form)
    try:
        version = add_version(
            source=form.text,
            by=request.user.actor,
            at=clock.now(),
            note=form.cleaned_data["note"],
            check_condition=compile_condition,
        )
    except BadWorkflowFile as refusal:
        problems = [(each, line_of(form.text, each.line)) for each in refusal.problems]
        again = WorkflowFileForm(auto_id="file_%s", initial={"source": form.text})
        return _page(request, status=422, file_form=again, problems=problems)
    return _loaded(request, version)


@never_cache
@sensitive_variables("issued", "agent")
@require_POST
def make_agent(request: Request) -> HttpResponse:
    """Register an agent with its grants and show its key: in this answer, and never again."""
    pages.check_staff(request.user)
    at, workflow = clock.now(), _workflow(request)
    form = AgentForm(
        request.POST,
        auto_id="agent_%s",
        definition=definition_of(workflow.current_version_id or 0),
    )
    if form.is_valid():
        try:
            agent, issued = first_agent.make_agent(
                workflow=workflow, by=request.user, at=at, **form.cleaned_data
            )
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            chosen = {"workflow": workflow.slug, "agent": agent.pk}
            return _page(request, wanted=chosen, issued=issued)
    return _page(request, status=422, wanted={"workflow": workflow.slug}, agent_form=form)


@never_cache
@sensitive_variables("issued")
@require_POST
def issue_key(request: Request) -> HttpResponse:
    """Issue another key to the agent, where the first was lost, and show it once."""
    pages.check_staff(request.user)
    at, workflow = clock.now(), _workflow(request)
    agent, form = get_object_or_404(Agent, pk=request.POST.get("agent", "")), KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, key_form=form)
    ends = form.expires_at(at)
    issued = agents.issue_key(agent=agent, expires_at=ends, by=request.user.actor, at=at)
    wanted = {"workflow": workflow.slug, "agent": agent.pk}
    return _page(request, wanted=wanted, issued=issued)


@never_cache
@require_safe
def show_arrival(request: Request) -> HttpResponse:
    """Show whether the first proposal is there; the page asks again until it is, or tires."""
    pages.check_staff(request.user)
    text = request.GET.get("looks", "")
    looks = int(text) + 1 if text.isascii() and text.isdigit() and len(text) < 6 else 1
    progress = progress_of(
        at=clock.now(),
        workflow=request.GET.get("workflow", ""),
        agent=request.GET.get("agent", ""),
    )
    if not request.htmx:
        return redirect("onboarding:show-start")
    return render(request, "onboarding/_arrival.html", pages.arrival(progress, looks=looks))


def _loaded(request: Request, version: WorkflowVersion) -> HttpResponse:
    workflow = Workflow.objects.get(pk=version.workflow_id)
    if workflow.current_version_id == version.pk:
        messages.success(request, f"{workflow.title} is loaded and observes.")
        return redirect(f"/start/?workflow={workflow.slug}")
    words = f"Version {version.number} of {workflow.title} is stored. Propose to put it in force."
    messages.success(request, words)
    return redirect("workflows:list-versions", workflow.slug)


def _workflow(request: Request) -> Workflow:
    offered = progress_of(at=clock.now()).workflows
    found = workflow_named(offered, request.POST.get("workflow", ""))
    if found is None:
        raise NotFound("There is no such workflow; load one first.")
    return found


def _page(
    request: Request, *, status: int = 200, wanted: dict[str, str] | None = None, **more: Any
) -> HttpResponse:
    names = ("workflow", "agent", "example")
    asked = {name: request.GET.get(name, "") for name in names}
    context = pages.start_page(
        request.user,
        at=clock.now(),
        address=request.build_absolute_uri("/").rstrip("/"),
        wanted=wanted or asked,
        **more,
    )
    return render(request, PAGE, context, status=status)
