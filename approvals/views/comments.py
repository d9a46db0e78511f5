"""Comments of people on one proposal."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from approvals.commenting import BadComment, comment
from approvals.views.rounds import round_of
from orchestrator.kernel.clock import now
from orchestrator.web.request import Request


@never_cache
@require_POST
def add_comment(request: Request, proposal_id: str) -> HttpResponseBase:
    """Say something without deciding, and go back to where it stands."""
    try:
        comment(
            proposal_id=proposal_id,
            person=request.user,
            text=request.POST.get("text", ""),
            key=request.POST.get("key", ""),
            at=now(),
        )
    except BadComment as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, "Said. People see it here; the agent does not.")
    going = round_of(request.POST)
    way = f"?{going.query}" if going.position else ""
    return redirect(f"{reverse('approvals:show-proposal', args=[proposal_id])}{way}#timeline")
