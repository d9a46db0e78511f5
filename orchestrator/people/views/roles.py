"""The page of one role, and what staff change about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.people import role_changes
from orchestrator.people.forms import RoleChangeForm
from orchestrator.people.models import Role
from orchestrator.people.permissions import check_may_administer_people
from orchestrator.people.role_pages import role_page
from orchestrator.web.request import Request

PAGE = "people/role.html"


@never_cache
@require_safe
def show(request: Request, slug: str) -> HttpResponse:
    """Show one role: members, fallback, rights, history."""
    return render(request, PAGE, role_page(_role(slug), request.user, at=clock.now()))


@require_POST
def change(request: Request, slug: str) -> HttpResponse:
    """Give the role another title, description or fallback."""
    check_may_administer_people(request.user)
    at, role = clock.now(), _role(slug)
    form = RoleChangeForm(request.POST, role=role, auto_id="change_%s")
    if form.is_valid():
        try:
            role_changes.change_role(role=role, by=request.user.actor, at=at, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, f"{form.cleaned_data['title']} is saved.")
            return redirect("people:show-role", slug)
    context = role_page(_role(slug), request.user, at=at, form=form)
    return render(request, PAGE, context, status=422)


@require_POST
def remove(request: Request, slug: str) -> HttpResponse:
    """Remove a role that nothing names any more."""
    check_may_administer_people(request.user)
    at, role = clock.now(), _role(slug)
    reason = request.POST.get("reason", "")[:500]
    try:
        role_changes.remove_role(role=role, reason=reason, by=request.user.actor, at=at)
    except DomainError as refusal:
        context = role_page(_role(slug), request.user, at=at, problem=refusal)
        return render(request, PAGE, context, status=refusal.status)
    messages.success(request, f"{role.title} is removed.")
    return redirect("people:list-people")


def _role(slug: str) -> Role:
    return get_object_or_404(
        Role.objects.select_related("group", "fallback", "calendar"), slug=slug
    )
