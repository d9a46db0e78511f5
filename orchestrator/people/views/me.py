"""One's own page: out of office, time zone, password."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.people import absences, accounts
from orchestrator.people.account_forms import (
    AbsenceForm,
    DelegateForm,
    EndForm,
    PasswordForm,
    TimeZoneForm,
)
from orchestrator.people.models import Absence
from orchestrator.people.person_pages import my_page
from orchestrator.web.local_time import zone_named
from orchestrator.web.request import Request

PAGE = "people/me.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request) -> HttpResponse:
    """Show the person's own page; say that they are out of office."""
    at, person = clock.now(), request.user
    if request.method != "POST":
        return render(request, PAGE, my_page(person, at=at))
    zone = zone_named(person.time_zone)
    form = AbsenceForm(request.POST, person=person, own=True, zone=zone, auto_id="absence_%s")
    if form.is_valid():
        try:
            absences.set_absence(person=person, **form.cleaned_data, by=person, at=at)
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, "You are out of office then. Both of you are told.")
            return redirect("people:show-me")
    return render(request, PAGE, my_page(person, at=at, absence_form=form), status=422)


@require_POST
def end_absence(request: Request, absence_id: int) -> HttpResponse:
    """Call an absence off, or end it now."""
    absence, form = _absence(absence_id), EndForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    absences.end_absence(absence=absence, by=request.user, reason=reason, at=clock.now())
    messages.success(request, "It is off. What waits is decided as before.")
    return _back(request, absence)


@require_POST
def change_delegate(request: Request, absence_id: int) -> HttpResponse:
    """Let somebody else stand in from now on, or nobody."""
    absence, form = _absence(absence_id), DelegateForm(request.POST)
    if form.is_valid():
        to, reason = form.cleaned_data["delegate"], form.cleaned_data["reason"]
        absences.change_delegate(
            absence=absence, to=to, by=request.user, reason=reason, at=clock.now()
        )
        messages.success(request, f"{to.display_name if to else 'Nobody'} stands in from now on.")
    else:
        messages.error(request, "Choose somebody who is active.")
    return _back(request, absence)


@require_POST
def change_time_zone(request: Request) -> HttpResponse:
    """Change the zone in which the person reads times."""
    at, form = clock.now(), TimeZoneForm(request.POST, auto_id="zone_%s")
    if not form.is_valid():
        page = my_page(request.user, at=at, zone_form=form)
        return render(request, PAGE, page, status=422)
    accounts.change_time_zone(person=request.user, **form.cleaned_data, at=at)
    messages.success(request, f"You read times in {form.cleaned_data['zone']} now.")
    return redirect("people:show-me")


@require_POST
@sensitive_post_parameters("present", "new", "again")
def change_password(request: Request) -> HttpResponse:
    """Change the person's password; their other sessions end."""
    at, person = clock.now(), request.user
    form = PasswordForm(request.POST, person=person, auto_id="password_%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            accounts.change_password(
                person=person, present=given["present"], new=given["new"], at=at
            )
        except accounts.WrongPassword as refusal:
            form.add_error("present", refusal.detail)
        else:
            before = request.session.session_key
            update_session_auth_hash(request, person)
            # It goes on under another key: the list of sessions, and ending them, follow it.
            listed = UserSession.objects.filter(session_key=before)
            listed.update(session_key=request.session.session_key)
            messages.success(request, "Your password is changed. Your other sessions have ended.")
            return redirect("people:show-me")
    return render(request, PAGE, my_page(person, at=at, password_form=form), status=422)


def _absence(absence_id: int) -> Absence:
    rows = Absence.objects.select_related("person", "delegate")
    return get_object_or_404(rows, pk=absence_id)


def _back(request: Request, absence: Absence) -> HttpResponse:
    if absence.person_id == request.user.pk:
        return redirect("people:show-me")
    return redirect("people:show-person", absence.person.username)
