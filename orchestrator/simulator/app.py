"""The routes of the simulated org."""

from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from orchestrator.simulator import addresses, control, data_api, pages, soap
from orchestrator.simulator.login import Form, LoginRefused, token
from orchestrator.simulator.org import Org, Settings

SHORTEST_TO_COMPRESS = 2048
METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]


async def versions(_request: Request) -> Response:
    """Return the versions of the data API; nobody needs to sign in for that."""
    numbers = range(int(addresses.OLDEST), int(addresses.NEWEST) + 1)
    return JSONResponse(
        [
            {"label": f"Release {n}", "url": f"/services/data/v{n}.0", "version": f"{n}.0"}
            for n in numbers
        ]
    )


async def oauth_token(request: Request) -> Response:
    """Open a session by one of the OAuth flows."""
    org: Org = request.app.state.org
    fields = dict(parse_qsl((await request.body()).decode(errors="replace")))
    org.limits.calls["login"] += 1
    try:
        answer = token(org, Form(fields, request.headers.get("authorization", "")))
    except LoginRefused as error:
        body = {"error": error.error, "error_description": error.description}
        return JSONResponse(body, 400)
    return JSONResponse(answer)


async def soap_login(request: Request) -> Response:
    """Open a session by SOAP."""
    org: Org = request.app.state.org
    body = (await request.body()).decode(errors="replace")
    org.limits.calls["login"] += 1
    status, text = soap.login(org, version=request.path_params["version"], body=body)
    return Response(text.encode(), status, media_type="text/xml; charset=utf-8")


async def lightning(request: Request) -> Response:
    """Send a person from the address a real org would have to the record's page."""
    return RedirectResponse(f"/r/{request.path_params['record_id']}", 302)


async def healthy(_request: Request) -> Response:
    """Say that the server is up."""
    return PlainTextResponse("ok")


def make_app(settings: Settings) -> Starlette:
    """Return the server of one org."""
    routes: list[BaseRoute] = [
        Route("/services/data", versions, methods=["GET"]),
        Route("/services/data/", versions, methods=["GET"]),
        Route("/services/data/{rest:path}", data_api.serve, methods=METHODS),
        Route("/services/oauth2/token", oauth_token, methods=["POST"]),
        Route("/services/Soap/u/{version}", soap_login, methods=["POST"]),
        Route("/services/Soap/u/{version}/{org_id}", soap_login, methods=["POST"]),
        Route("/lightning/r/{object_name}/{record_id}/view", lightning, methods=["GET"]),
        Route("/healthz", healthy, methods=["GET"]),
        *control.ROUTES,
        *pages.ROUTES,
    ]
    # For clients that ask for it; what is shorter is not worth the work.
    compress = Middleware(GZipMiddleware, minimum_size=SHORTEST_TO_COMPRESS, compresslevel=1)
    app = Starlette(routes=routes, middleware=[compress])
    app.state.org = Org(settings)
    return app
