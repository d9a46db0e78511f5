"""Pages of the live app."""

from dataclasses import replace

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orchestrator.kernel.clock import now
from orchestrator.live import passes
from orchestrator.live.publishing import mark_of
from orchestrator.web.request import Request


@never_cache
@require_safe
def show_pass(request: Request) -> JsonResponse:
    """Say what a stream of this session may tell: the event streams of the server ask here."""
    # No id holds a zero byte, and no database takes one.
    proposal = request.GET.get("proposal", "").replace("\x00", " ")
    found = passes.issue(request.user, proposal=proposal, at=now())
    marked = replace(found, session=mark_of(request.session.session_key or ""))
    return JsonResponse(marked.as_json())
