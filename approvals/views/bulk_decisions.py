"""Deciding on many at once: look at what would happen, start, watch, stop, look back."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from approvals import bulk_decisions
from approvals.attention.words import hasty_list_words
from approvals.bulk_checks import check as judged
from approvals.bulk_checks import digest_of
from approvals.bulk_decisions import MOST_ITEMS, BadBulkDecision
from approvals.bulk_form import BulkForm, GroupForm
from approvals.bulk_groups import in_group
from approvals.bulk_lines import PAGE, Preflight, bulks_of, item_lines, preflight_page
from approvals.bulk_results import csv_lines
from approvals.eligibility import Chosen
from approvals.forms import REASON_WORDS
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
def list_mine(request: Request) -> HttpResponse:
    """List what the person decided at once, newest first."""
    before = request.GET.get("before", "").replace("\x00", "")
    found = list(bulks_of(request.user, before=before))
    more = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    context = {"bulks": found[:PAGE], "next_href": more, "first_href": "?" if before else ""}
    return TemplateResponse(request, "approvals/bulk_list.html", context)


@never_cache
@require_safe
@partials("bulk-progress")
def show(request: Request, bulk_id: str) -> HttpResponse:
    """Show how far a bulk decision is, and what was left out and why."""
    bulk = _own(request, bulk_id)
    counts = bulk_decisions.progress(bulk)
    context = {
        "bulk": bulk,
        "decided": counts["decided"],
        "refused": counts["refused"],
        "through": counts["decided"] + counts["refused"],
        "running": bulk.state == BulkState.RUNNING,
        "lines": item_lines(bulk, person=request.user),
        "hasty_words": _hasty_words(bulk),
    }
    return TemplateResponse(request, "approvals/bulk_decision.html", context)


@never_cache
@require_safe
def export(request: Request, bulk_id: str) -> HttpResponseBase:
    """Give the results of one's own bulk decision as CSV."""
    bulk = _own(request, bulk_id)
    lines = csv_lines(item_lines(bulk, person=request.user, most=None))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{bulk.pk}.csv"'
    return response


@never_cache
@require_POST
def stop(request: Request, bulk_id: str) -> HttpResponse:
    """Stop it: what was decided stands."""
    bulk_decisions.stop(bulk_id=bulk_id, person=request.user, at=now())
    messages.success(request, "Stopped. What was decided stands; the rest waits as before.")
    return redirect("approvals:show-bulk-decision", bulk_id)


def _hasty_words(bulk: BulkDecision) -> str:
    if not bulk.hasty() or bulk.took is None or bulk.takes is None:
        return ""
    return hasty_list_words(lines=bulk.total, took=bulk.took, takes=bulk.takes)


def _own(request: Request, bulk_id: str) -> BulkDecision:
    bulk = BulkDecision.objects.select_related("person").filter(pk=bulk_id).first()
    if bulk is None or bulk.person_id != request.user.pk:
        raise NotFound("There is no such bulk decision, or it is somebody else's.")
    return bulk


def _given(form: BulkForm) -> dict[str, Any]:
    if not form.is_valid():
        raise BadBulkDecision("Choose what to do with which proposals, then send it again.")
    return form.given()


def _check(request: Request, form: BulkForm, problem: DomainError | None = None) -> HttpResponse:
    at, person, more = now(), request.user, False
    try:
        given = _given(form)
        group = GroupForm(request.POST)
        if group.is_valid() and group.cleaned_data["group"]:
            given["chosen"], more = in_group(group.cleaned_data["group"], person=person, at=at)
        if len(given["chosen"]) > MOST_ITEMS:
            raise BadBulkDecision(f"At most {MOST_ITEMS} at once; choose fewer.")
    except DomainError as broken:
        given, problem = {**NOTHING, "chosen": []}, broken
    words = {name: given[name] for name in ("chosen", "vote", "text")}
    # A denial brings its words on this very page; an approval may need some.
    page = preflight_page(judged(person=person, at=at, **words), person=person)
    context = {
        "at": at,
        "problem": problem,
        "given": given,
        "more": more,
        "most": MOST_ITEMS,
        "reasons": REASON_WORDS,
        "key": given["key"] or secrets.token_urlsafe(KEY_BYTES),
        "page": page,
        **_chosen(page),
    }
    status = problem.status if problem else 200
    return TemplateResponse(request, "approvals/bulk_check.html", context, status=status)


def _chosen(page: Preflight) -> dict[str, str]:
    """Return what the form sends on: exactly what is on the page, and what stands for it."""
    tokens = [line.token for line in page.good]
    pairs = [Chosen(*token.partition("~")[::2]) for token in tokens]
    return {"chosen": " ".join(tokens), "digest": digest_of(pairs)}
