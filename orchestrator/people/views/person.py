"""The page of one person, and what staff and ops owners do there."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.people import absences, accounts, carried, handing_over
from orchestrator.people.account_forms import AbsenceForm, HandOverForm, ReopenForm
from orchestrator.people.handing_over import CannotHandOver
from orchestrator.people.models import User
from orchestrator.people.permissions import check_may_administer_people
from orchestrator.people.person_pages import person_page
from orchestrator.web.local_time import zone_named
from orchestrator.web.request import Request

PAGE = "people/person.html"


@never_cache
@require_safe
def show(request: Request, name: str) -> HttpResponse:
    """Show one person: roles, absences, what they carry."""
    return _page(request, _person(name))


@require_POST
def set_absence(request: Request, name: str) -> HttpResponse:
    """Say for somebody else that they are away."""
    person, at = _person(name), clock.now()
    absences.check_may_set_absence(request.user, person)
    zone = zone_named(request.user.time_zone)
    form = AbsenceForm(request.POST, person=person, own=False, zone=zone, auto_id="absence_%s")
    if form.is_valid():
        try:
            absences.set_absence(person=person, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, f"{person.display_name} is out of office then.")
            return redirect("people:show-person", name)
    return _page(request, person, status=422, absence_form=form)


@require_POST
def hand_over(request: Request, name: str) -> HttpResponse:
    """Give what a person carries to others, or look first at what that would come to."""
    check_may_administer_people(request.user)
    person, at = _person(name), clock.now()
    form = _hand_over_form(request, person)
    if not form.is_valid():
        return _page(request, person, status=422, hand_over_form=form)
    given: dict[str, Any] = {
        "person": person, "successors": form.successors(), "by": request.user,
        "reason": form.cleaned_data["reason"], "at": at,
    }  # fmt: skip
    if request.POST.get("do") == "look":
        results = handing_over.preview(**given)
        return _page(request, person, hand_over_form=form, results=results)
    try:
        results = handing_over.hand_over(**given)
    except CannotHandOver as refusal:
        return _refused(request, person, form, refusal)
    messages.success(request, f"{len(results)} duties of {person.display_name} changed hands.")
    return redirect("people:show-person", name)


@require_POST
def close(request: Request, name: str) -> HttpResponse:
    """Close an account: what the person carries goes to others, and their sessions end."""
    check_may_administer_people(request.user)
    person = _person(name)
    form = _hand_over_form(request, person)
    if not form.is_valid():
        return _page(request, person, status=422, hand_over_form=form)
    try:
        accounts.close_account(
            person=person,
            successors=form.successors(),
            by=request.user,
            reason=form.cleaned_data["reason"],
            at=clock.now(),
        )
    except CannotHandOver as refusal:
        return _refused(request, person, form, refusal)
    messages.success(request, f"The account of {person.display_name} is closed.")
    return redirect("people:show-person", name)


@require_POST
@sensitive_post_parameters("password")
def reopen(request: Request, name: str) -> HttpResponse:
    """Let somebody sign in again, without any role."""
    check_may_administer_people(request.user)
    person, form = _person(name), ReopenForm(request.POST, auto_id="reopen_%s")
    if not form.is_valid():
        return _page(request, person, status=422, reopen_form=form)
    accounts.reopen_account(person=person, **form.cleaned_data, by=request.user, at=clock.now())
    messages.success(request, f"{person.display_name} can sign in again; add them to a role.")
    return redirect("people:show-person", name)


def _person(name: str) -> User:
    return get_object_or_404(User, username=name)


def _hand_over_form(request: Request, person: User) -> HandOverForm:
    items = carried.carried_by(person, at=clock.now())
    movable = [item for item in items if not item.elsewhere]
    return HandOverForm(request.POST, items=movable, auto_id="hand_%s")


def _refused(
    request: Request, person: User, form: HandOverForm, refusal: CannotHandOver
) -> HttpResponse:
    page = {"hand_over_form": form, "results": refusal.results, "problem": refusal}
    return _page(request, person, status=refusal.status, **page)


def _page(request: Request, person: User, *, status: int = 200, **more: Any) -> HttpResponse:
    context = person_page(person, reader=request.user, at=clock.now(), problem=None) | more
    return render(request, PAGE, context, status=status)
