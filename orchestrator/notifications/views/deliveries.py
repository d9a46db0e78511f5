"""The log of deliveries, and one more try of what failed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.kernel import clock
from orchestrator.notifications import pages, redelivery
from orchestrator.web.request import Request


@never_cache
@require_safe
def list_deliveries(request: Request) -> TemplateResponse:
    """Show what was sent, what waits and what failed."""
    context = pages.deliveries(request.user, request.GET)
    return TemplateResponse(request, "notifications/deliveries.html", context)


@require_POST
def retry_delivery(request: Request, delivery_id: str) -> HttpResponse:
    """Send a failed delivery once more."""
    redelivery.retry_delivery(delivery_id=delivery_id, by=request.user, at=clock.now())
    messages.success(request, "It is sent again.")
    response = redirect("notifications:list-deliveries")
    response["Location"] += "?whose=all"
    return response
