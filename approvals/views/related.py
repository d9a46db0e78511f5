"""What surrounds one proposal; the review page fetches it once it is there."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals.detail import detail
from approvals.related import related
from orchestrator.kernel.clock import now
from orchestrator.people.permissions import may_read_ledger
from orchestrator.web.partials import partials
from orchestrator.web.request import Request


@never_cache
@require_safe
@partials("related")
def show_related(request: Request, proposal_id: str) -> HttpResponse:
    """Show the record's past, other proposals about it, and what this agent's came to."""
    found = detail(proposal_id=proposal_id, person=request.user, at=now())
    context = {
        "proposal": found.proposal,
        "related": related(found, person=request.user),
        "may_read_ledger": may_read_ledger(request.user),
    }
    return TemplateResponse(request, "approvals/related.html", context)
