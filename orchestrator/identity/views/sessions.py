"""Where somebody is signed in, for themselves and for staff."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.identity import factors, sessions
from orchestrator.identity.addresses import client_address
from orchestrator.identity.forms import ReasonForm
from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import ReasonNeeded
from orchestrator.people.models import User
from orchestrator.people.permissions import check_may_administer_people
from orchestrator.web.request import Request

NEEDS_REASON = "Say why; it stands in the ledger beside your name."


@never_cache
@require_safe
def show(request: Request) -> HttpResponse:
    """Show where the person is signed in."""
    key = request.session.session_key or ""
    places = sessions.places_of(request.user, current_key=key, at=now())
    return render(request, "identity/sessions.html", {"places": places})


@never_cache
@require_POST
def end_one(request: Request, session_id: int) -> HttpResponse:
    """End one of the person's own sessions."""
    sessions.end_one(
        person=request.user, handle=session_id, address=client_address(request), at=now()
    )
    messages.success(request, "That session has ended.")
    return redirect("identity:show-sessions")


@never_cache
@require_POST
def end_others(request: Request) -> HttpResponse:
    """End all of the person's sessions but this one."""
    count = sessions.end_others(
        person=request.user,
        current_key=request.session.session_key or "",
        address=client_address(request),
        at=now(),
    )
    ended = "One session has" if count == 1 else f"{count} sessions have"
    messages.success(request, f"{ended} ended." if count else "There was no other.")
    return redirect("identity:show-sessions")


@never_cache
@require_safe
def show_person(request: Request, name: str) -> HttpResponse:
    """Show staff where somebody is signed in, and with what they prove themselves."""
    check_may_administer_people(request.user)
    person = get_object_or_404(User, username=name)
    context = {
        "person": person,
        "places": sessions.places_of(person, current_key="", at=now()),
        "has_factor": factors.has_factor(person),
        "needs_factor": factors.needs_factor(person),
        "own": person.pk == request.user.pk,
    }
    context["show_actions"] = context["places"] or context["has_factor"]
    page = "identity/_person.html" if request.htmx else "identity/person.html"
    return render(request, page, context)


@never_cache
@require_POST
def end_of_person(request: Request, name: str) -> HttpResponse:
    """End every session of somebody else."""
    person = get_object_or_404(User, username=name)
    sessions.end_all_of(person=person, by=request.user, reason=_reason(request), at=now())
    messages.success(request, f"{person.display_name} is signed out everywhere.")
    return redirect("people:show-person", name)


@never_cache
@require_POST
def remove_factors_of(request: Request, name: str) -> HttpResponse:
    """Remove the second factors of somebody who lost theirs."""
    person = get_object_or_404(User, username=name)
    factors.remove_all_of(person=person, by=request.user, reason=_reason(request), at=now())
    messages.success(request, f"{person.display_name} can set up new factors now.")
    return redirect("people:show-person", name)


def _reason(request: Request) -> str:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise ReasonNeeded(NEEDS_REASON)
    return str(form.cleaned_data["reason"])
