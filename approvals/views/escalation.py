"""The escalation of one proposal: what happened because nobody decided, and what will."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from approvals import permissions
from approvals.escalation import drills, timeline
from approvals.models import Proposal
from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import NotFound
from orchestrator.people.permissions import may_administer
from orchestrator.web.partials import partials
from orchestrator.web.request import Request


@never_cache
@require_safe
@partials("escalation")
def show_escalation(request: Request, proposal_id: str) -> HttpResponse:
    """Show the steps of the plan; the review page fetches the card alone."""
    at = now()
    proposal = (
        Proposal.objects.select_related("workflow__owner", "agent").filter(pk=proposal_id).first()
    )
    if proposal is None or not permissions.may_see(request.user, proposal, at=at):
        raise NotFound("There is no such proposal, or none of your roles may see it.")
    found = timeline.timeline(proposal, at=at)
    context = {
        "proposal": proposal,
        "timeline": found,
        "may_drill": found.can_drill and may_administer(request.user, proposal.workflow),
        "at": at,
    }
    return TemplateResponse(request, "approvals/escalation.html", context)


@never_cache
@require_POST
def drill_escalation(request: Request, proposal_id: str) -> HttpResponseBase:
    """Try every step of the plan, with messages that say that there is nothing to decide."""
    drills.drill(proposal_id=proposal_id, person=request.user, at=now())
    messages.success(request, "Tested. Below is who was reached; nothing else has changed.")
    return redirect("approvals:show-escalation", proposal_id)
