"""Confirming who one is in the middle of a session; what was typed goes on after that."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from orchestrator.identity import directory
from orchestrator.identity.recent import authenticated_at, is_recent
from orchestrator.identity.step_up import waiting
from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import NotAllowed

NOT_YET = "Confirm first that it is you; then it goes on."


class Confirm:
    """What the three pages of confirming share."""

    template_name = "identity/confirm.html"
    way = ""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Add which way this is, and what waits for it."""
        found: dict[str, Any] = super().get_context_data(**more)  # type: ignore[misc]
        request = self.request  # type: ignore[attr-defined]
        return {
            **found,
            **_going(request, self.get_next_url() or ""),  # type: ignore[attr-defined]
            "way": self.way,
            "reauthentication_alternatives": self.get_reauthentication_alternatives(),  # type: ignore[attr-defined]
        }


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class ConfirmByPassword(Confirm, ReauthenticateView):  # type: ignore[misc]
    """Confirm with the password."""

    way = "password"


@method_decorator(never_cache, name="dispatch")
class ConfirmByCode(Confirm, CodeView):  # type: ignore[misc]
    """Confirm with a code of the app, or a recovery code."""

    way = "code"


@method_decorator(never_cache, name="dispatch")
class ConfirmByPasskey(Confirm, ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Confirm with a passkey."""

    way = "passkey"

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the page again with what went wrong."""
        messages.error(self.request, "That did not work. Try again.")
        again: HttpResponse = redirect(self.request.get_full_path())
        return again


@never_cache
@require_safe
def confirm_directory(request: HttpRequest) -> HttpResponse:
    """Show the button that leads to the directory, and back to what waits."""
    context = {
        **_going(request, _asked(request)),
        "way": "directory",
        "directory": directory.name(),
        "reauthentication_alternatives": [],
    }
    return render(request, "identity/confirm.html", context)


@never_cache
@require_safe
def confirmed(request: HttpRequest) -> HttpResponse:
    """Back from the directory: show what waits, and the button that sends it."""
    if not is_recent(authenticated_at(request), at=now()):
        raise NotAllowed(NOT_YET)
    context = {**_going(request, _asked(request)), "way": "done"}
    return render(request, "identity/confirm.html", context)


@never_cache
@require_POST
def go_on(request: HttpRequest) -> HttpResponseBase:
    """Send what was typed before the confirmation."""
    if not is_recent(authenticated_at(request), at=now()):
        raise NotAllowed(NOT_YET)
    resumed: HttpResponseBase | None = resume_request(request)
    return resumed or redirect("/")


def _asked(request: HttpRequest) -> str:
    """Return where the address says that it goes on, if that is a page of ours."""
    asked = request.GET.get("next", "")
    return asked if asked and get_adapter(request).is_safe_url(asked) else ""


def _going(request: HttpRequest, going_to: str) -> dict[str, Any]:
    found = waiting(request, going_to)
    return {"next": going_to, "waiting": found, "back": found.back if found else "/"}
