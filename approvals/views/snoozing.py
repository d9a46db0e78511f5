"""Putting reviews off, and what one has put off."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from approvals import inbox, snoozing
from approvals.forms import SnoozeForm
from approvals.lines import label_of
from approvals.models import Review
from approvals.states import ReviewState
from approvals.views.rounds import round_of
from approvals.visibility import mask_rows
from orchestrator.kernel.clock import now
from orchestrator.web.request import Request


@never_cache
@require_POST
def snooze(request: Request, proposal_id: str) -> HttpResponse:
    """Put the open review off, and go on to what comes after it, or back to it if that fails."""
    at, form = now(), SnoozeForm(request.POST)
    review = Review.objects.filter(proposal=proposal_id, state=ReviewState.OPEN).first()
    try:
        until = form.cleaned_data["until"] if form.is_valid() else at
        snoozing.snooze(proposal_id=proposal_id, person=request.user, until=until, at=at)
    except snoozing.BadSnooze as problem:
        messages.error(request, problem.detail)
        return redirect("approvals:show-proposal", proposal_id)
    messages.success(request, "Put off. It comes back by itself; its time to decide runs on.")
    going = round_of(request.POST)
    if not going.position or review is None:
        return redirect("approvals:show-inbox")
    return redirect(going.onward(inbox.key_of(review)))


@never_cache
@require_POST
def take_up_again(request: Request, proposal_id: str) -> HttpResponse:
    """Put a review back into the person's list."""
    if snoozing.take_up_again(proposal_id=proposal_id, person=request.user, at=now()):
        messages.success(request, "It waits for you again.")
    return redirect("approvals:show-proposal", proposal_id)


@never_cache
@require_safe
def show_snoozed(request: Request) -> HttpResponse:
    """Show what the person has put off."""
    at = now()
    rows = snoozing.put_off_by(request.user, at=at)
    mask_rows(person=request.user, proposals=[row.review.proposal for row in rows])
    lines = [(row, label_of(row.review.proposal)) for row in rows]
    return render(request, "approvals/snoozed.html", {"lines": lines, "at": at})
