"""What a person was told: the list, the bell, and marking as read."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.kernel import clock
from orchestrator.notifications import pages, reading
from orchestrator.notifications.queries import unread_count
from orchestrator.web.request import Request


@never_cache
@require_safe
def list_notifications(request: Request) -> HttpResponse:
    """Show the person's notifications, the unread ones first of all."""
    context = pages.centre(request.user, request.GET)
    return TemplateResponse(request, "notifications/index.html", context)


@never_cache
@require_safe
def show_unread(request: Request) -> HttpResponse:
    """Show the bell alone, with how many are unread."""
    if not request.htmx:
        return redirect("notifications:list-notifications")
    unread = unread_count(request.user)
    # Without the request: the frame's own queries are not asked for a number.
    return HttpResponse(render_to_string("notifications/_bell.html", {"unread": unread}))


@require_POST
def open_notification(request: Request, notification_id: str) -> HttpResponse:
    """Mark one as read and go to what it is about."""
    row = reading.mark_read(notification_id=notification_id, person=request.user, at=clock.now())
    return redirect(pages.where_to(row))


@require_POST
def read_notification(request: Request, notification_id: str) -> HttpResponse:
    """Mark one as read and stay."""
    reading.mark_read(notification_id=notification_id, person=request.user, at=clock.now())
    return redirect("notifications:list-notifications")


@require_POST
def read_all(request: Request) -> HttpResponse:
    """Mark everything as read."""
    count = reading.mark_all_read(person=request.user, at=clock.now())
    messages.success(request, f"{count} marked as read.")
    return redirect("notifications:list-notifications")
