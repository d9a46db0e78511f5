"""Before a page: has this person proved enough, and lately enough, for what they ask for?"""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from orchestrator.identity import factors, sessions, step_up
from orchestrator.identity.recent import RecentSignInNeeded, authenticated_at, is_recent
from orchestrator.identity.step_up import DECISION, Weighty
from orchestrator.kernel.clock import now
from orchestrator.people.models import User

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# What somebody without the second factor that is asked for may reach: setting it up, and leaving.
ALWAYS = ("/account/", "/sign-in/", "/sign-out/", "/static/", "/healthz", "/readyz", "/metrics")
# The directory asks for its own second step; a recovery code is one too.
ENOUGH = {"mfa", "socialaccount"}
NO_WAY = "You have no password and no passkey here to confirm it with: sign out, and in again."
SET_UP = "Set up a second factor first: this site asks for one."


class StepUpMiddleware:
    """Send who proved too long ago who they are to the confirmation, and keep what they typed."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Ask before a form that weighs enough reaches its view."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        what = step_up.weighty(name)
        if what is None or request.method != "POST" or not request.user.is_authenticated:
            return None
        if is_recent(authenticated_at(request), at=now()):
            return None
        return _confirm_first(request, what)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Ask where only the view could know that it weighs enough."""
        if not isinstance(error, RecentSignInNeeded) or request.method != "POST":
            return None
        return _confirm_first(request, DECISION)


class SecondFactorMiddleware:
    """Lead who needs a second factor and has none to set one up, before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let pass whoever proved enough, and whoever is on the way to it."""
        person = request.user
        if isinstance(person, User) and not request.headers.get("HX-Request"):
            # A page that refreshes itself is not a person who looks.
            sessions.note_seen(session_key=request.session.session_key or "", at=now())
        if (
            not isinstance(person, User)
            or not factors.needs_factor(person)
            or request.path.startswith(ALWAYS)
            or _proved_enough(request, person)
        ):
            return self.get_response(request)
        messages.warning(request, SET_UP)
        return _send(request, factors.FACTORS_PAGE)


def _proved_enough(request: HttpRequest, person: User) -> bool:
    records: list[Mapping[str, object]] = get_authentication_records(request, person)
    if any(record.get("method") in ENOUGH for record in records):
        return True
    return factors.has_factor(person)


def _confirm_first(request: HttpRequest, what: Weighty) -> HttpResponse:
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    if not ways:
        problem = RecentSignInNeeded(NO_WAY)
        context = {"problem": problem, "title": problem.title}
        return render(request, "problem.html", context, status=problem.status)
    step_up.suspend(request, what)
    back = request.path if what.keep else step_up.came_from(request)
    return _send(request, f"{ways[0]['url']}?{urlencode({'next': back})}")


def _send(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A fragment cannot hold a page: the browser goes there as a whole.
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return redirect(address)
