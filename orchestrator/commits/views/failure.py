"""One failure: what was asked, what is there, what was tried, and what a person says about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.commits import deadletters, failure_detail, triage, unread
from orchestrator.commits.failure_detail import Failure
from orchestrator.commits.forms import HandOverForm
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.people.permissions import may_read_ledger
from orchestrator.web.partials import partials
from orchestrator.web.request import Request

TEMPLATE = "commits/failure.html"


class NobodyChosen(DomainError):
    """The form names nobody to hand it to."""

    code, status, title = "nobody_chosen", 422, "Choose somebody"


@never_cache
@require_safe
@partials("both-sides")
def show_failure(request: Request, commit_id: str) -> HttpResponseBase:
    """Show one failure; with `now=1` the records are read first, in one call."""
    return _page(request, commit_id, read=request.GET.get("now") == "1")


@never_cache
@require_POST
def requeue(request: Request, commit_id: str) -> HttpResponseBase:
    """Put it back into the queue."""
    said = "Back in the queue. The record is read and compared again first."
    return _act(request, commit_id, deadletters.requeue, "requeue", said)


@never_cache
@require_POST
def discard(request: Request, commit_id: str) -> HttpResponseBase:
    """Give it up."""
    said = "Discarded. Nothing is written, and the agent is told."
    return _act(request, commit_id, deadletters.discard, "discard", said)


@never_cache
@require_POST
def settle_as_written(request: Request, commit_id: str) -> HttpResponseBase:
    """Take the person's word that it was written."""
    said = "Taken as written. It is read back and verified in a moment, like any other."
    return _act(request, commit_id, deadletters.settle_as_written, "written", said)


@never_cache
@require_POST
def close_unread(request: Request, commit_id: str) -> HttpResponseBase:
    """Close what was written without reading it back."""
    said = "Closed as written, not verified. The ledger says so, and by whom."
    return _act(request, commit_id, unread.close, "close", said)


@never_cache
@require_POST
def take(request: Request, commit_id: str) -> HttpResponseBase:
    """Make it the person's own."""
    try:
        triage.take(commit_id=commit_id, person=request.user, at=clock.now())
    except DomainError as problem:
        return _refused(request, commit_id, "", problem)
    messages.success(request, "It is yours now.")
    return redirect("commits:show-failure", commit_id)


@never_cache
@require_POST
def hand_over(request: Request, commit_id: str) -> HttpResponseBase:
    """Make it somebody else's."""
    form = HandOverForm(request.POST)
    try:
        if not form.is_valid():
            raise NobodyChosen("Choose whose it should be.")
        letter = triage.hand_over(
            commit_id=commit_id, person=request.user, at=clock.now(), **form.cleaned_data
        )
    except DomainError as problem:
        return _refused(request, commit_id, "hand-over", problem)
    messages.success(request, f"Handed over to {letter.owner.display_name}.")
    return redirect("commits:show-failure", commit_id)


def _act(
    request: Request, commit_id: str, act: Callable[..., Any], panel: str, said: str
) -> HttpResponseBase:
    reason = request.POST.get("reason", "").replace("\x00", "")[: triage.LONGEST_REASON]
    try:
        act(commit_id=commit_id, reason=reason, person=request.user, at=clock.now())
    except DomainError as problem:
        return _refused(request, commit_id, panel, problem)
    messages.success(request, said)
    return redirect("commits:show-failures")


def _refused(
    request: Request, commit_id: str, panel: str, problem: DomainError
) -> HttpResponseBase:
    """Show the page with what was typed, and why it did not count."""
    try:
        return _page(request, commit_id, panel=panel, problem=problem)
    except NotFound:
        raise problem from None


def _page(
    request: Request,
    commit_id: str,
    *,
    read: bool = False,
    panel: str = "",
    problem: DomainError | None = None,
) -> HttpResponse:
    found = failure_detail.failure(commit_id=commit_id, person=request.user)
    now = failure_detail.as_it_is(found) if read else failure_detail.as_stored(found)
    at = clock.now()
    context = {
        "at": at,
        "found": found,
        "now": now,
        "records": failure_detail.records(found, now),
        "settles": found.open and failure_detail.settles(found),
        "unread": failure_detail.waits_to_be_read(found),
        "may_close": failure_detail.waits_to_be_read(found) and at >= found.letter.due_at,
        "mine": found.letter.owner_id == request.user.pk,
        # What was typed is never lost when it is refused.
        "typed": {"panel": panel, "reason": request.POST.get("reason", "")},
        "problem": problem,
        "may_read_ledger": may_read_ledger(request.user),
        **_offers(found),
    }
    status = problem.status if problem else 200
    return TemplateResponse(request, TEMPLATE, context, status=status)


def _offers(found: Failure) -> dict[str, bool]:
    """Return which of the ways on this failure has."""
    acts = found.may_act and not failure_detail.waits_to_be_read(found)
    unclear = failure_detail.settles(found)
    return {"offers_verdicts": acts and unclear, "offers_repair": acts and not unclear}
