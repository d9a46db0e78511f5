"""Forms of signing in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.http import HttpRequest, HttpResponse

from orchestrator.people.models import Role

LONGEST_NAME, LONGEST_PASSWORD = 150, 4096


class SignInForm(forms.Form):
    """A user name and a password."""

    username = forms.CharField(max_length=LONGEST_NAME)
    password = forms.CharField(max_length=LONGEST_PASSWORD, strip=False)

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        """Keep the request: the tries are counted by its address."""
        self.request = request
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        """Check both together; the answer never says which of them was wrong."""
        given = super().clean() or {}
        if self.errors:
            return given
        adapter = get_adapter(self.request)
        person = adapter.authenticate(
            self.request, username=given["username"].strip(), password=given["password"]
        )
        if person is None:
            raise adapter.validation_error("username_password_mismatch")
        self.attempt = Login(user=person)
        return given

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Begin the session, or ask for the second factor first."""
        self.attempt.redirect_url = redirect_url
        response: HttpResponse = perform_password_login(request, {}, self.attempt)
        return response


class GroupForm(forms.Form):
    """Which group of the directory gives which role."""

    group = forms.CharField(label="Group of the directory", max_length=200)
    role = forms.ModelChoiceField(Role.objects.order_by("title"), label="Role")
    acknowledged = forms.BooleanField(
        label="I know that members of this group come to administer", required=False
    )


class ReasonForm(forms.Form):
    """Why something is taken from somebody."""

    reason = forms.CharField(label="Why", max_length=1000)
