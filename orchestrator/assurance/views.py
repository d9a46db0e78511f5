"""The page that says whether anything waits unseen, and two buttons to be sure."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.assurance import alarms, queries, rounds, ways
from orchestrator.kernel import clock
from orchestrator.people import permissions
from orchestrator.web.request import Request


@never_cache
@require_safe
def show_assurance(request: Request) -> HttpResponse:
    """Show every check, what stands, and the latest alarms."""
    context = {
        "overview": queries.overview(),
        "ways": ways.set_up(),
        "may_act": permissions.may_administer_agents(request.user),
        "at": clock.now(),
    }
    return TemplateResponse(request, "assurance/index.html", context)


@never_cache
@require_POST
def look_now(request: Request) -> HttpResponse:
    """Run one round at once, in this process."""
    permissions.check_may_administer_agents(request.user)
    look = rounds.run(at_clock=clock.now)
    found = sum(count or 0 for count in look.counts.values())
    messages.success(
        request, f"Looked in {look.milliseconds} ms: {found or 'nothing'} without a next step."
    )
    return redirect("assurance:show-assurance")


@never_cache
@require_POST
def try_alarm(request: Request) -> HttpResponse:
    """Send a drill by every way of the second path, and show what came of it."""
    permissions.check_may_administer_agents(request.user)
    alarms.raise_drill(by=request.user.display_name, at=clock.now())
    alarms.send_due(at=clock.now())
    return redirect("assurance:show-assurance")
