"""Deciding on many at once: look at what would happen, start, watch, stop."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from approvals import bulk_decisions
from approvals.bulk_decisions import BadBulkDecision
from approvals.bulk_lines import item_lines, preflight_lines
from approvals.eligibility import preflight
from approvals.forms import REASON_WORDS, BulkForm
from approvals.models import BulkDecision
from approvals.states import BulkState, Vote
from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.web.partials import partials
from orchestrator.web.request import Request

KEY_BYTES = 16
NOTHING = {
    "vote": Vote.APPROVE,
    "reason_code": "",
    "text": "",
    "title": "",
    "origin": "",
    "key": "",
}


@never_cache
@require_POST
def check(request: Request) -> HttpResponse:
    """Show which of the chosen proposals the person can decide at once; nothing is changed."""
    return _check(request, BulkForm(request.POST))


@never_cache
@require_POST
def start(request: Request) -> HttpResponse:
    """Take the person's decision; workers cast it item by item."""
    form = BulkForm(request.POST)
    try:
        given = _given(form)
        bulk = bulk_decisions.start(person=request.user, at=now(), **given)
    except DomainError as problem:
        return _check(request, form, problem)
    return redirect("approvals:show-bulk-decision", bulk.pk)


@never_cache
@require_safe
@partials("bulk-progress")
def show(request: Request, bulk_id: str) -> HttpResponse:
    """Show how far a bulk decision is, and what was left out and why."""
    bulk = BulkDecision.objects.select_related("person").filter(pk=bulk_id).first()
    if bulk is None or bulk.person_id != request.user.pk:
        raise NotFound("There is no such bulk decision, or it is somebody else's.")
    counts = bulk_decisions.progress(bulk)
    context = {
        "bulk": bulk,
        "decided": counts["decided"],
        "refused": counts["refused"],
        "through": counts["decided"] + counts["refused"],
        "running": bulk.state == BulkState.RUNNING,
        "lines": item_lines(bulk),
    }
    return TemplateResponse(request, "approvals/bulk_decision.html", context)


@never_cache
@require_POST
def stop(request: Request, bulk_id: str) -> HttpResponse:
    """Stop it: what was decided stands."""
    bulk_decisions.stop(bulk_id=bulk_id, person=request.user, at=now())
    messages.success(request, "Stopped. What was decided stands; the rest waits as before.")
    return redirect("approvals:show-bulk-decision", bulk_id)


def _given(form: BulkForm) -> dict[str, Any]:
    if not form.is_valid():
        raise BadBulkDecision("Choose what to do with which proposals, then send it again.")
    return form.given()


def _check(request: Request, form: BulkForm, problem: DomainError | None = None) -> HttpResponse:
    try:
        given = _given(form)
    except DomainError as broken:
        given, problem = {**NOTHING, "chosen": []}, broken
    # A denial brings its words on this very page; an approval may need some.
    lines = preflight(
        person=request.user,
        chosen=given["chosen"],
        vote=given["vote"],
        text=given["text"],
        at=now(),
    )
    shown = preflight_lines(lines)
    context = {
        "problem": problem,
        "given": given,
        "reasons": REASON_WORDS,
        "key": given["key"] or secrets.token_urlsafe(KEY_BYTES),
        "good": [line for line in shown if not line.objection],
        "left_out": [line for line in shown if line.objection],
        "chosen": " ".join(line.token for line in shown if not line.objection),
    }
    status = problem.status if problem else 200
    return TemplateResponse(request, "approvals/bulk_check.html", context, status=status)
