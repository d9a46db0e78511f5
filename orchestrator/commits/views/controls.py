"""The kill switch: its state, the way to halt, and the way back by two people."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.commits import fence, queries
from orchestrator.commits.control_choices import halt_choices
from orchestrator.commits.forms import HaltForm
from orchestrator.commits.gate_lines import connection_lines
from orchestrator.commits.halt_lines import halt_line, halt_lines
from orchestrator.commits.models import Halt
from orchestrator.commits.permissions import check_switch, may_try_connections
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.web.partials import partials
from orchestrator.web.request import Request

# How long the answer to "halt" waits for the confirmation; after that the page goes on asking.
CONFIRM_SECONDS = 2.0


@never_cache
@require_safe
@partials("switch-state")
def show_controls(request: Request) -> HttpResponseBase:
    """Show the switch; a page that waits for a confirmation asks for its state alone."""
    return _page(request)


@never_cache
@require_POST
def halt(request: Request) -> HttpResponseBase:
    """Halt a scope, and wait a moment for the confirmation that nothing is in flight."""
    form = HaltForm(request.POST, choices=halt_choices(request.user))
    if not form.is_valid():
        return _page(request, form=form, status=422)
    scope, value = form.scope()
    try:
        check_switch(request.user, scope=scope, value=value)
        row = fence.halt(
            scope=scope,
            value=value,
            reason=form.cleaned_data["reason"],
            by=request.user.actor,
            at=clock.now(),
        )
    except DomainError as problem:
        return _page(request, problem=problem, form=form, status=problem.status)
    if fence.confirm(halt=row, at=clock.now(), wait=CONFIRM_SECONDS):
        messages.success(request, f"Halted: {halt_line(row).words}. Nothing is in flight.")
    return redirect("commits:show-controls")


@never_cache
@require_POST
def ask_release(request: Request, halt_id: int) -> HttpResponseBase:
    """Ask for the release of a halt."""

    def ask(row: Halt) -> str:
        reason = request.POST.get("reason", "")
        fence.ask_release(halt=row, reason=reason, by=request.user.actor, at=clock.now())
        return "Asked. A second person now has to release it."

    return _act(request, halt_id, ask)


@never_cache
@require_POST
def release(request: Request, halt_id: int) -> HttpResponseBase:
    """Release a halt that somebody else asked to release."""

    def let_go(row: Halt) -> str:
        fence.release(halt=row, by=request.user.actor, at=clock.now())
        return f"Released: {halt_line(row).words}. Writes go on."

    return _act(request, halt_id, let_go)


def _act(request: Request, halt_id: int, act: Callable[[Halt], str]) -> HttpResponseBase:
    try:
        row = Halt.objects.filter(pk=halt_id).first()
        if row is None:
            raise NotFound("There is no such halt.")
        check_switch(request.user, scope=row.scope, value=row.value)
        messages.success(request, act(row))
    except DomainError as problem:
        return _page(request, problem=problem, status=problem.status)
    return redirect("commits:show-controls")


def _page(
    request: Request,
    *,
    problem: DomainError | None = None,
    form: HaltForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    lines = halt_lines(fence.active_halts(), person=request.user)
    waiting = any(line.halt.state == "halting" for line in lines)
    if request.htmx and not waiting and request.method == "GET":
        # What the page waited for has happened: the banner on top has to change as well.
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    choices = halt_choices(request.user)
    context = {
        "problem": problem,
        "lines": lines,
        "waiting": waiting,
        "form": form or (HaltForm(choices=choices) if choices else None),
        "history": queries.halt_history(),
        "connections": connection_lines(at=clock.now()),
        "may_try": may_try_connections(request.user),
    }
    return TemplateResponse(request, "commits/controls.html", context, status=status)
