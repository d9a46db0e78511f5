"""Middlewares: pages are for people who signed in, and refusals become pages that help."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from orchestrator.kernel.errors import DomainError, NotFound

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Everything else needs a signed-in person (pages) or a key (the REST contract checks its own).
PUBLIC_PREFIXES = (
    "/static/",
    "/api/",
    "/integrations/slack/",
    "/sign-in/",
    # Ways in, and leaving a sign-in that is only half done.
    "/sign-out/",
    "/account/two-step/",
    "/account/passkey/",
    "/account/directory/",
    # The directory shows a key of its own.
    "/scim/v2/",
    "/healthz",
    "/readyz",
    "/metrics",
    # A secret address is the key.
    "/on-call/feeds/",
)


NUL = "\x00"
UNUSABLE = "The text holds a character that cannot be kept: type it again."


class UnusableText(DomainError):
    """A form brought text that the database cannot hold."""

    code, status, title = "unusable_text", 422, "The text cannot be kept"


class SignInRequiredMiddleware:
    """Send anybody who has not signed in to the sign-in page, whatever page they ask for."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let signed-in people and public addresses pass."""
        if request.user.is_authenticated or request.path.startswith(PUBLIC_PREFIXES):
            return self.get_response(request)
        if request.headers.get("HX-Request"):
            # A fragment of a sign-in page inside a page helps nobody: reload the whole.
            response = HttpResponse(status=204)
            response["HX-Refresh"] = "true"
            return response
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)


class DomainErrorMiddleware:
    """Turn a refusal that a view let through into a page, or a fragment for htmx."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Answer what no column can hold, before a view asks the database for it."""
        if NUL in request.path_info:
            return self.process_exception(request, NotFound("There is no such page."))
        if request.method != "POST" or request.path_info.startswith("/api/"):
            return None
        if any(NUL in text for _, texts in request.POST.lists() for text in texts):
            return self.process_exception(request, UnusableText(UNUSABLE))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render what the error says; leave everything that is not a refusal alone."""
        if not isinstance(error, DomainError):
            return None
        context: dict[str, Any] = {"problem": error, "title": error.title}
        if request.headers.get("HX-Request"):
            response = render(request, "_problem.html", context, status=error.status)
            response["HX-Retarget"] = "#messages"
            response["HX-Reswap"] = "innerHTML show:window:top"
            return response
        return render(request, "problem.html", context, status=error.status)
