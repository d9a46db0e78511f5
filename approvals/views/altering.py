"""Approving a part of a proposal, or edits in it: look at what it makes, then send it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from approvals import altering_page, decisions, inbox, undo_window
from approvals.altering import Drawn, Wish
from approvals.altering_page import Sheet
from approvals.decisions import Altered, NotWhatYouChecked
from approvals.states import ProposalState
from approvals.views.review_page import Way, way_of
from orchestrator.identity.recent import RecentSignInNeeded, authenticated_at
from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import DomainError
from orchestrator.web.request import Request

SEND = "send"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_proposal(request: Request, proposal_id: str) -> HttpResponseBase:
    """Edit values within what was proposed, leave parts out."""
    return _alter(request, proposal_id, editable=True)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def part_proposal(request: Request, proposal_id: str) -> HttpResponseBase:
    """Approve a part of what was proposed."""
    return _alter(request, proposal_id, editable=False)


def _alter(request: Request, proposal_id: str, *, editable: bool) -> HttpResponseBase:
    at, sent = now(), request.POST if request.method == "POST" else None
    sheet = altering_page.sheet(
        proposal_id=proposal_id, person=request.user, editable=editable, sent=sent, at=at
    )
    if sent is None:
        return _page(request, sheet, at, problem=sheet.refusal)
    sending = sent.get("step") == SEND
    try:
        if sheet.form.is_valid() and sending:
            return _sent(request, proposal_id, sheet, at)
        if sheet.refusal is not None:
            return _page(request, sheet, at, problem=sheet.refusal)
        if sheet.stale:
            return _page(request, sheet, at, problem=altering_page.changed_meanwhile(sheet.found))
        if not sheet.form.is_valid():
            return _page(request, sheet, at, problem=altering_page.bad_values(sheet.form))
        return _page(request, sheet, at, drawn=sheet.preview(at=at))
    except RecentSignInNeeded:
        # Asked for on a page of its own, which sends what was typed here once more.
        raise
    except DomainError as problem:
        sheet.form.mark(problem)
        return _page(request, sheet, at, problem=problem, drawn=_again(sheet, problem, at))


def _sent(request: Request, proposal_id: str, sheet: Sheet, at: dt.datetime) -> HttpResponse:
    """Make it the decision, or find that the same form did so before."""
    review = sheet.found.open_review
    done = decisions.approve_altered(
        proposal_id=proposal_id,
        person=request.user,
        digest=request.POST.get("digest", ""),
        wish=Wish(kept=()) if sheet.stale else sheet.form.wish(),
        checked=request.POST.get("checked", ""),
        at=at,
        authenticated_at=authenticated_at(request),
    )
    words = _said(done)
    messages.success(request, words, extra_tags=undo_window.as_tags(done.proposal))
    way = way_of(request.POST)
    if way.reviewing:
        return redirect(way.going.onward(inbox.key_of(review) if review else ""))
    return redirect("approvals:show-proposal", proposal_id)


def _said(done: Altered) -> str:
    if not done.counted:
        return "Handed in as a new revision. Other people decide on it first."
    if done.proposal.state == ProposalState.IN_REVIEW:
        return "Your approval counts for what you kept. Others have to approve it too."
    return "You approved what you kept. The agent is told what is not in it, and why."


def _again(sheet: Sheet, problem: DomainError, at: dt.datetime) -> Drawn | None:
    """Return what would be approved now, where something else was shown before it was sent."""
    return sheet.preview(at=at) if isinstance(problem, NotWhatYouChecked) else None


def _page(
    request: Request,
    sheet: Sheet,
    at: dt.datetime,
    *,
    problem: DomainError | None = None,
    drawn: Drawn | None = None,
) -> HttpResponse:
    found = sheet.found
    context: dict[str, Any] = {
        "at": at,
        "proposal": found.proposal,
        "revision": found.revision,
        "heading": altering_page.heading(found),
        "form": sheet.form,
        "records": sheet.records(),
        "editable": sheet.form.editable,
        "may_send": sheet.refusal is None,
        "closed": found.open_review is None,
        "lost": sheet.form.without_a_place() if sheet.stale else [],
        "problem": problem,
        "drawn": drawn,
        "result": altering_page.result(drawn, found) if drawn else None,
        "way": _way(request),
    }
    code = problem.status if problem and request.method == "POST" else 200
    return TemplateResponse(request, "approvals/alter.html", context, status=code)


def _way(request: Request) -> Way:
    return way_of(request.POST if request.method == "POST" else request.GET)
