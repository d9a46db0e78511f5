"""Taking an approval back in the seconds before it is written."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from orchestrator.commits import undoing
from orchestrator.kernel.clock import now
from orchestrator.web.request import Request


@never_cache
@require_POST
def undo_approval(request: Request, proposal_id: str) -> HttpResponse:
    """Take the person's approval back, and show the proposal that waits again."""
    digest = request.POST.get("digest", "")
    undoing.undo(proposal_id=proposal_id, person=request.user, digest=digest, at=now())
    messages.success(request, "Taken back: nothing was written. It waits to be decided again.")
    return redirect("approvals:show-proposal", proposal_id)
