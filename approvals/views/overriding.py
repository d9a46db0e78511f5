"""Deciding in a role's place, from the page of the proposal."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from approvals.forms import OverrideForm
from approvals.overriding import override as decide_in_place
from approvals.views.review_page import Typed, page, way_of
from orchestrator.identity.recent import RecentSignInNeeded, authenticated_at
from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import DomainError
from orchestrator.web.request import Request

PANEL = "override"


class BadOverride(DomainError):
    """The form does not say what to do."""

    code, status, title = "bad_form", 422, "Something is missing"


@never_cache
@require_POST
def override(request: Request, proposal_id: str) -> HttpResponseBase:
    """Approve or deny the open stage in place of its role."""
    at, form = now(), OverrideForm(request.POST)
    try:
        if not form.is_valid():
            raise BadOverride("Choose whether to approve or deny, and say why in a sentence.")
        done = decide_in_place(
            proposal_id=proposal_id,
            person=request.user,
            at=at,
            authenticated_at=authenticated_at(request),
            **form.cleaned_data,
        )
    except RecentSignInNeeded:
        raise
    except DomainError as problem:
        reason = request.POST.get("reason", "")
        typed = Typed(panel=PANEL, text=reason, problem=problem)
        return page(request, proposal_id, way=way_of(request.POST), at=at, typed=typed)
    messages.success(
        request,
        "You decided in the role's place. The role, the ops owner and the risk owners are told."
        if done.settled
        else "Noted. At high risk a second person has to override as well; they are told.",
    )
    return redirect("approvals:show-proposal", proposal_id)
