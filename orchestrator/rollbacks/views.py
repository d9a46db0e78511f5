"""Taking back: choose, look, ask, watch."""

import dataclasses
import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.rollbacks import mechanics, pages
from orchestrator.rollbacks.forms import RequestForm, SelectionForm
from orchestrator.rollbacks.previews import preview
from orchestrator.rollbacks.requesting import OthersThanYouSaw, Wish
from orchestrator.rollbacks.requesting import request as ask
from orchestrator.web.partials import partials
from orchestrator.web.request import Request

TOKEN_BYTES = 24


@never_cache
@require_safe
def list_rollbacks(request: Request) -> HttpResponse:
    """List what was taken back, and offer to choose what else."""
    form = SelectionForm(initial=request.GET.dict())
    context = {"form": form, "rollbacks": pages.rollbacks_for(request.user)}
    return TemplateResponse(request, "rollbacks/index.html", context)


@never_cache
@require_safe
def preview_rollback(request: Request) -> HttpResponse:
    """Show what taking the selection back would do; nothing is stored."""
    if not request.GET:
        return redirect("rollbacks:list-rollbacks")
    form = SelectionForm(request.GET)
    if not form.is_valid():
        context = {"form": form, "rollbacks": pages.rollbacks_for(request.user)}
        return TemplateResponse(request, "rollbacks/index.html", context, status=422)
    return _preview(request, form, typed={})


@never_cache
@require_POST
def request_rollback(request: Request) -> HttpResponse:
    """Ask people to take it back, as it was on the screen."""
    form = RequestForm(request.POST)
    if not form.is_valid():
        return redirect("rollbacks:list-rollbacks")
    given = form.cleaned_data
    wish = Wish(
        selection=form.selection(),
        ticked=form.ticked(),
        everything=given["everything"],
        seen=given["seen"],
        reason=given["reason"],
        token=given["token"],
    )
    try:
        rollback = ask(wish=wish, person=request.user, at=clock.now())
    except DomainError as problem:
        typed = {"reason": wish.reason, "ticked": wish.ticked}
        return _preview(request, form, typed=typed, problem=problem)
    return redirect("rollbacks:show-rollback", rollback.pk)


@never_cache
@require_safe
@partials("rollback-progress")
def show_rollback(request: Request, rollback_id: str) -> HttpResponse:
    """Show how far a rollback is, part by part."""
    rollback = pages.rollback_for(request.user, rollback_id)
    context = pages.rollback_context(
        rollback, request.user, page=pages.page_in(request.GET), at=clock.now()
    )
    return TemplateResponse(request, "rollbacks/rollback.html", context)


def _preview(
    request: Request,
    form: SelectionForm,
    *,
    typed: dict[str, Any],
    problem: DomainError | None = None,
) -> HttpResponse:
    selection = form.selection()
    if selection.until is None:
        # What is written while somebody looks is not part of what they saw.
        selection = dataclasses.replace(selection, until=clock.now())
    context: dict[str, Any] = {
        "form": SelectionForm(initial=dataclasses.asdict(selection)),
        "selection": selection,
        "problem": problem,
    }
    try:
        seen = preview(selection=selection, person=request.user)
    except DomainError as unreadable:
        context["problem"] = unreadable
        return TemplateResponse(
            request, "rollbacks/unreadable.html", context, status=unreadable.status
        )
    context |= pages.preview_context(seen, person=request.user, page=pages.page_in(request.GET))
    context |= {
        "never_undone": mechanics.NEVER_UNDONE,
        "reason": typed.get("reason", ""),
        "ticked": () if isinstance(problem, OthersThanYouSaw) else typed.get("ticked", ()),
        "token": secrets.token_urlsafe(TOKEN_BYTES),
    }
    return TemplateResponse(
        request, "rollbacks/preview.html", context, status=problem.status if problem else 200
    )
