"""The connections to the CRM: having a paused one tried now."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from orchestrator.commits import probing
from orchestrator.commits.gate import Gate
from orchestrator.commits.permissions import check_connection
from orchestrator.kernel import clock
from orchestrator.kernel.errors import NotFound
from orchestrator.web.request import Request


@never_cache
@require_POST
def try_again(request: Request, slug: str) -> HttpResponseBase:
    """Have a paused org tried now; a worker does it, and resumes or pauses it again."""
    check_connection(request.user)
    gate = Gate.objects.filter(org__slug=slug).select_related("org").first()
    if gate is None:
        raise NotFound("There is no paused connection of that name.")
    reason = request.POST.get("reason", "")
    probing.try_now(gate=gate, reason=reason, by=request.user.actor, at=clock.now())
    messages.success(request, f"{slug} is tried now. Reload in a moment to see what it says.")
    return redirect("commits:show-controls")
