"""Inviting somebody, and the page where they set their first password."""

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.people import invitations
from orchestrator.people.forms import InvitationForm
from orchestrator.people.models import User
from orchestrator.people.pages import people_and_roles
from orchestrator.people.permissions import check_may_administer_people
from orchestrator.web.request import Request


@never_cache
@sensitive_variables("path", "context")
@require_POST
def invite(request: Request) -> HttpResponse:
    """Make an account without a password, and show its link once."""
    check_may_administer_people(request.user)
    form = InvitationForm(request.POST, auto_id="invite_%s")
    if form.is_valid():
        try:
            person, path = invitations.invite(
                **form.cleaned_data, by=request.user.actor, at=clock.now()
            )
        except DomainError as refusal:
            form.add_error("username", refusal.detail)
        else:
            return _invited(request, person, path)
    context = people_and_roles(request.user, at=clock.now(), invitation_form=form)
    return render(request, "people/index.html", context, status=422)


@never_cache
@sensitive_variables("path", "context")
@require_POST
def invite_again(request: Request, name: str) -> HttpResponse:
    """Show another link of somebody who never set a password."""
    check_may_administer_people(request.user)
    person = get_object_or_404(User, username=name)
    path = invitations.invite_again(person=person, by=request.user.actor, at=clock.now())
    return _invited(request, person, path)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, name: str, token: str) -> HttpResponse:
    """Let an invited person set a first password; whoever has the link is that person."""
    person = invitations.invited(name, token)
    form = SetPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["new_password1"]
        invitations.accept(name=name, token=token, password=password, at=clock.now())
        messages.success(request, "Your password is set. Sign in with it.")
        return redirect("sign-in")
    for field in form.fields.values():
        field.widget.attrs["class"] = "form-control"
    status = 422 if form.errors else 200
    response = render(
        request, "people/welcome.html", {"person": person, "form": form}, status=status
    )
    # The link is a secret: nothing that this page leads to may learn it.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _invited(request: Request, person: User, path: str) -> HttpResponse:
    link = request.build_absolute_uri(path)
    return render(request, "people/invited.html", {"person": person, "link": link})
