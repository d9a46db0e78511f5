"""Secret calendar addresses: one's own page of them, and what calendar programs read there."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.kernel import clock
from orchestrator.oncall import addresses
from orchestrator.oncall.models import Address, Schedule
from orchestrator.web.request import Request


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_variables("secret")
def list_addresses(request: Request) -> HttpResponse:
    """Show one's addresses; make one and show it this once."""
    made, status = "", 200
    if request.method == "POST":
        slug = request.POST.get("schedule", "")
        rows = Schedule.objects.select_related("role")
        schedule = get_object_or_404(rows, role__slug=slug) if slug else None
        secret = addresses.make(schedule=schedule, by=request.user, at=clock.now())
        made, status = settings.PUBLIC_URL + reverse("oncall:read-calendar", args=[secret]), 201
    own = Address.objects.filter(owner=request.user).select_related("schedule")
    context = {
        "made": made,
        "addresses": own.order_by("revoked_at", "-made_at", "-pk")[:30],
        "schedules": Schedule.objects.select_related("role"),
    }
    return render(request, "oncall/calendars.html", context, status=status)


@require_POST
def revoke_address(request: Request, number: int) -> HttpResponse:
    """Make one of one's addresses stop working."""
    rows = Address.objects.select_related("owner", "schedule__role")
    address = get_object_or_404(rows, pk=number, owner=request.user)
    addresses.revoke(address=address, by=request.user, at=clock.now())
    messages.success(request, "The address does not work any more.")
    return redirect("oncall:list-addresses")


@require_safe
@never_cache
@sensitive_variables("secret")
def read_calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the calendar to whoever knows its address: there is no session here."""
    content = addresses.calendar_at(secret, at=clock.now())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="on-call.ics"'
    answer["Referrer-Policy"] = "no-referrer"
    return answer
