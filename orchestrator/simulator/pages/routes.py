"""Addresses of the pages."""

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from orchestrator.simulator import ids
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.objects import BUSINESS
from orchestrator.simulator.org import Org
from orchestrator.simulator.pages.frame import page
from orchestrator.simulator.pages.lists import home, record_list
from orchestrator.simulator.pages.markup import Html, element, join
from orchestrator.simulator.pages.record import record

STYLE = Path(__file__).with_name("style.css")
KINDS: list[ObjectType] = list(BUSINESS)


async def see_home(request: Request) -> Response:
    """Show the objects."""
    return page("Objects", home(_org(request), KINDS), kinds=KINDS)


async def see_list(request: Request) -> Response:
    """Show an object's records."""
    kind = _org(request).schema.named(request.path_params["name"])
    if kind is None:
        return _missing("There is no such object.")
    search = request.query_params.get("q", "").strip()[:200]
    text = request.query_params.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    content = record_list(_org(request), kind, search=search, number=number)
    return page(kind.plural, content, kinds=KINDS, here=kind.name)


async def see_record(request: Request) -> Response:
    """Show a record."""
    record_id = ids.full_id(request.path_params["record_id"])
    found = _org(request).store.find(record_id) if record_id else None
    if found is None:
        return _missing("There is no such record. It may have been removed for good.")
    kind, row = found
    title = str(row.get(kind.name_field) or row["Id"])
    return page(title, record(_org(request), kind, row), kinds=KINDS, here=kind.name)


async def style(_request: Request) -> Response:
    """Send the style sheet."""
    return Response(_style(), media_type="text/css")


def _missing(text: str) -> Response:
    back = element("a", "See all objects", href="/")
    content = join([element("h1", "Not found"), element("p", text, " ", back, ".")])
    return page("Not found", Html(content), kinds=KINDS, status=404)


def _org(request: Request) -> Org:
    org: Org = request.app.state.org
    return org


@cache
def _style() -> bytes:
    return STYLE.read_bytes()


ROUTES: list[BaseRoute] = [
    Route("/", see_home, methods=["GET"]),
    Route("/o/{name}", see_list, methods=["GET"]),
    Route("/r/{record_id}", see_record, methods=["GET"]),
    Route("/style.css", style, methods=["GET"]),
]
