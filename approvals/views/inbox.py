"""The inbox: what waits, for whom, until when."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals import inbox, saved_views
from approvals.desk import desk_of
from approvals.filter_form import FilterForm
from approvals.views import inbox_page
from approvals.views.rounds import begun, round_of
from orchestrator.kernel.clock import now
from orchestrator.web import nav
from orchestrator.web.request import Request


@never_cache
@require_safe
def show_inbox(request: Request) -> HttpResponse:
    """Show one page of a tab, most urgent first, with the figures on top."""
    at = now()
    desk = desk_of(request.user, at=at)
    views = saved_views.views_for(person=request.user, roles=desk.roles)
    first = inbox_page.first_view(views, request.user)
    if not request.GET and first and first.query:
        return redirect(f"/?{first.query}")
    counts = inbox.counts(desk=desk, at=at, today=inbox_page.midnight(request.user, at))
    nav.add(request, inbox_count=counts.mine)
    given = FilterForm(request.GET).given()
    context = {
        "at": at,
        "desk": desk,
        "counts": counts,
        "decided_today": counts.decided,
        **inbox_page.of(desk=desk, given=given, counts=counts, at=at),
        **inbox_page.views_beside(views, given=given, person=request.user),
    }
    return TemplateResponse(request, "approvals/inbox.html", context)


@never_cache
@require_safe
def show_next(request: Request) -> HttpResponse:
    """Go to what the person should decide next; back to the list when there is nothing."""
    at, going = now(), begun(round_of(request.GET))
    page = inbox_page.next_of(
        desk=desk_of(request.user, at=at), going=going, after=request.GET.get("after", ""), at=at
    )
    if page.rows:
        return redirect(f"/proposals/{page.rows[0].proposal.pk}/?{going.query}")
    if "X-Ahead" in request.headers:
        # Asked in advance: whoever reads on is told when they come here themselves.
        return HttpResponse(status=204)
    if page.after:
        return redirect(inbox_page.further(going, page.after))
    messages.info(request, "You are through: nothing else waits for you here.")
    return redirect(f"/?{going.listed}" if going.listed else "/")
