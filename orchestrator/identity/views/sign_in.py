"""Signing in and out."""

from typing import Any

from allauth.account.internal.flows.logout import logout
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from orchestrator.identity import directory
from orchestrator.identity.forms import SignInForm
from orchestrator.web.demo_people import DEMO_PASSWORD, DEMO_PEOPLE


class SignIn(LoginView):  # type: ignore[misc]  # the library has no types
    """Sign in with a password, a passkey or the directory; the demo has its people as buttons."""

    form_class = SignInForm
    template_name = "registration/login.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Add the ways in, and the demo's people where this is the demo."""
        people = DEMO_PEOPLE if settings.DEMO else []
        return {
            **_without_site(super().get_context_data(**more)),
            "next": self.get_next_url() or "",
            "directory": directory.name() if directory.is_on() else "",
            "demo_people": people,
            "demo_password": DEMO_PASSWORD if people else "",
        }


class TwoStep(AuthenticateView):  # type: ignore[misc]  # the library has no types
    """Ask for the second factor before the session begins."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Leave the frame of the page as it is."""
        return {"webauthn_form": None, **_without_site(super().get_context_data(**more))}


def _without_site(context: dict[str, Any]) -> dict[str, Any]:
    """Drop the library's idea of a site: ours is in every page's frame."""
    return {key: value for key, value in context.items() if key != "site"}


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, or leave a sign-in that is only half done."""
    logout(request, show_message=False)
    return redirect("sign-in")
