"""The boundary: whoever shows an agent's key reaches only what is classed for agents."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from orchestrator.gateway.problems import problem
from orchestrator.gateway.route_classes import ROUTES, RouteClass

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Routes with a bearer key of another kind; an agent's key opens none of them.
OTHER_KEYS = {"identity:scim-configuration", "identity:scim-users", "identity:scim-user"}
AGENT_KEY = "Bearer csn_"
REACHABLE = {RouteClass.READ, RouteClass.PROPOSE, RouteClass.OPEN}


class AgentBoundaryMiddleware:
    """Refuse agents every route that is forbidden or not classed, before any view runs."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let people pass, and agents only where their class allows it."""
        if _too_large(request):
            return problem(
                status=413,
                code="body_too_large",
                title="The request is too large",
                detail=f"Send at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes; split a batch.",
            )
        if "Authorization" not in request.headers:
            return self.get_response(request)
        refusal = _refusal(request)
        return refusal if refusal is not None else self.get_response(request)


def _too_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return not length.isdecimal() or int(length) > limit


def _refusal(request: HttpRequest) -> HttpResponseBase | None:
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        return None
    classed = ROUTES.get(name)
    if classed is not None and classed.route_class in REACHABLE:
        return None
    if name in OTHER_KEYS and not request.headers["Authorization"].startswith(AGENT_KEY):
        return None
    why = classed.why if classed else "this route is not classed for agents"
    return problem(
        status=403,
        code="route_not_for_agents",
        title="Not for agents",
        detail=f"An agent's key does not open {request.path}: {why}. Use the routes of "
        "/api/v1/openapi.json.",
    )
