"""The page of people and roles, and what administrators do there."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.people import accounts, operations
from orchestrator.people.forms import MemberForm, PersonForm, ReasonForm, RoleForm
from orchestrator.people.models import Role, User
from orchestrator.people.pages import people_and_roles
from orchestrator.people.permissions import check_may_administer_people
from orchestrator.web.request import Request


@require_safe
def index(request: Request) -> HttpResponse:
    """Show every role with its members and fallback, and everybody who can sign in."""
    text = request.GET.get("text", "")[:100]
    context = people_and_roles(request.user, at=clock.now(), text=text)
    return render(request, "people/index.html", context)


@require_POST
def create_role(request: Request) -> HttpResponse:
    """Create a role without members."""
    check_may_administer_people(request.user)
    form = RoleForm(request.POST, auto_id="role_%s")
    if form.is_valid():
        try:
            role = operations.create_role(
                **form.cleaned_data, by=request.user.actor, at=clock.now()
            )
        except DomainError as refusal:
            form.add_error("slug", refusal.detail)
        else:
            messages.success(request, f"{role.title} is there; add its members.")
            return redirect("people:list-people")
    context = people_and_roles(request.user, at=clock.now(), role_form=form)
    return render(request, "people/index.html", context, status=422)


@require_POST
@sensitive_post_parameters("password")
def add_person(request: Request) -> HttpResponse:
    """Add somebody who can sign in."""
    check_may_administer_people(request.user)
    form = PersonForm(request.POST, auto_id="person_%s")
    if form.is_valid():
        try:
            person = accounts.add_person(**form.cleaned_data, by=request.user.actor, at=clock.now())
        except DomainError as refusal:
            form.add_error("username", refusal.detail)
        else:
            messages.success(request, f"{person.display_name} can sign in; add them to a role.")
            return redirect("people:list-people")
    context = people_and_roles(request.user, at=clock.now(), person_form=form)
    return render(request, "people/index.html", context, status=422)


@require_POST
def add_member(request: Request, slug: str) -> HttpResponse:
    """Add somebody to a role."""
    check_may_administer_people(request.user)
    role, form = get_object_or_404(Role, slug=slug), MemberForm(request.POST)
    if form.is_valid():
        person = form.cleaned_data["person"]
        operations.add_member(role=role, person=person, by=request.user.actor, at=clock.now())
        messages.success(request, f"{person.display_name} is a member of {role.title}.")
    else:
        messages.error(request, "Nobody was added: choose somebody who is active.")
    return _back(request, role)


@require_POST
def remove_member(request: Request, slug: str, name: str) -> HttpResponse:
    """Take somebody out of a role."""
    check_may_administer_people(request.user)
    role, form = get_object_or_404(Role, slug=slug), ReasonForm(request.POST)
    person = get_object_or_404(User, username=name)
    if form.is_valid():
        operations.remove_member(
            role=role, person=person, by=request.user.actor, at=clock.now(), **form.cleaned_data
        )
        messages.success(request, f"{person.display_name} is no longer in {role.title}.")
    else:
        messages.error(request, "Nobody was removed: say why.")
    return _back(request, role)


def _back(request: Request, role: Role) -> HttpResponse:
    """Lead back to where the form stood: the role's own page, or the list."""
    if request.POST.get("from") == "role":
        return redirect("people:show-role", role.slug)
    return redirect("people:list-people")
