"""The views of the inbox that a person keeps."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from approvals import saved_views
from approvals.filter_form import kept_query
from approvals.saved_views import Wish
from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import Role
from orchestrator.web.request import Request


@never_cache
@require_safe
def show_views(request: Request) -> HttpResponse:
    """Show the person's views, and those shared with their roles."""
    return _page(request)


@never_cache
@require_POST
def save_view(request: Request) -> HttpResponse:
    """Keep what the inbox shows under a name."""
    query = request.POST.get("query", "")
    try:
        view = saved_views.save(person=request.user, query=query, wish=_wish(request), at=now())
    except DomainError as problem:
        return _page(request, problem, query=query)
    messages.success(request, f"Saved as {view.name}.")
    return redirect(f"/?{view.query or 'tab=mine'}")


@never_cache
@require_POST
def change_view(request: Request, view_id: int) -> HttpResponse:
    """Rename a view, share it, or make it the first that the person sees."""
    try:
        saved_views.change(view_id=view_id, person=request.user, wish=_wish(request), at=now())
    except DomainError as problem:
        return _page(request, problem)
    messages.success(request, "Changed.")
    return redirect("approvals:show-views")


@never_cache
@require_POST
def remove_view(request: Request, view_id: int) -> HttpResponse:
    """Forget a view."""
    saved_views.remove(view_id=view_id, person=request.user)
    messages.success(request, "Removed. What it showed is still in the inbox.")
    return redirect("approvals:show-views")


def _page(request: Request, problem: DomainError | None = None, query: str = "") -> HttpResponse:
    person = request.user
    roles = list(Role.objects.filter(group__user=person).order_by("title"))
    views = saved_views.views_for(person=person, roles=[role.pk for role in roles])
    context: dict[str, Any] = {
        "own": [view for view in views if view.owner_id == person.pk],
        "shared": [view for view in views if view.owner_id != person.pk],
        "roles": roles,
        "problem": problem,
        # What was to be saved when it was refused: never lost.
        "query": kept_query(query),
        "name": request.POST.get("name", ""),
        "saving": problem is not None and "query" in request.POST,
    }
    status = problem.status if problem else 200
    return render(request, "approvals/saved_views.html", context, status=status)


def _wish(request: HttpRequest) -> Wish:
    return Wish(
        name=request.POST.get("name", ""),
        share_with=request.POST.get("share_with", ""),
        is_default=request.POST.get("is_default") == "1",
    )
