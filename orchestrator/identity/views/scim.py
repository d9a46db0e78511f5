"""What a directory asks of us: who is here, and that somebody's account closes or opens."""

import json
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from orchestrator.identity import leaving, scim_shapes
from orchestrator.identity.scim_shapes import BadScim
from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.people.models import User

View = Callable[..., HttpResponse]
TYPE = "application/scim+json"
MOST = 200
LONGEST_ID = 18


def _door(*methods: str) -> Callable[[View], View]:
    """Let only the directory in, and answer every refusal in SCIM's own shape."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, **parts: str) -> HttpResponse:
            if not _may_enter(request):
                refused = _error(401, "Show the token that the administrator gave.")
                refused["WWW-Authenticate"] = "Bearer"
                return refused
            if request.method not in methods:
                return _error(501, "Accounts are made here or at the first sign-in, not by SCIM.")
            try:
                return view(request, **parts)
            except BadScim as refusal:
                return _error(refusal.status, refusal.detail, refusal.scim_type)
            except DomainError as refusal:
                return _error(refusal.status, refusal.detail)

        return guarded

    return decorate


@_door("GET")
def configuration(request: HttpRequest) -> HttpResponse:
    """Say what this end can do."""
    return _answer(scim_shapes.configuration_shape())


@_door("GET")
def users(request: HttpRequest) -> HttpResponse:
    """List people, or the one with a user name."""
    wanted = scim_shapes.name_wanted(request.GET.get("filter", ""))
    found = User.objects.order_by("pk")
    if wanted:
        found = found.filter(username__iexact=wanted)
    start, count = _number(request, "startIndex", 1), _number(request, "count", MOST)
    start, count = max(start, 1), min(max(count, 0), MOST)
    page = list(found[start - 1 : start - 1 + count])
    return _answer(scim_shapes.list_shape(page, total=found.count(), start=start))


@_door("GET", "PUT", "PATCH", "DELETE")
def user(request: HttpRequest, user_id: str) -> HttpResponse:
    """Show one person, or close or open their account."""
    known = user_id.isdecimal() and len(user_id) <= LONGEST_ID
    person = User.objects.filter(pk=int(user_id)).first() if known else None
    if person is None:
        raise NotFound("There is nobody with this id.")
    if request.method != "GET":
        _settle(person, _wanted(request))
        person.refresh_from_db()
    if request.method == "DELETE":
        return HttpResponse(status=204)
    return _answer(scim_shapes.user_shape(person))


def _wanted(request: HttpRequest) -> bool:
    if request.method == "DELETE":
        return False
    try:
        body: Any = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BadScim("The body is no JSON object.", "invalidSyntax")
    if request.method == "PUT":
        return scim_shapes.active_of_resource(body)
    return scim_shapes.active_of_patch(body)


def _settle(person: User, wanted: bool) -> None:  # noqa: FBT001 - what the directory says
    if wanted:
        leaving.reopen(person=person, at=now())
    else:
        leaving.close(person=person, at=now())


def _may_enter(request: HttpRequest) -> bool:
    token = str(settings.SCIM["token"])
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and secrets.compare_digest(shown.encode(), token.encode())


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def _answer(shape: dict[str, Any]) -> HttpResponse:
    return JsonResponse(shape, content_type=TYPE)


def _error(status: int, detail: str, scim_type: str = "") -> HttpResponse:
    shape = scim_shapes.error_shape(status, detail, scim_type)
    return JsonResponse(shape, status=status, content_type=TYPE)
