"""What every page has around it."""

from starlette.responses import HTMLResponse, Response

from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.pages.markup import Html, element, join

COMPANY = "Northwind Labs"
TABS = ("Account", "Contact", "Lead", "Opportunity", "Case", "Task", "Quote__c", "Campaign")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page(
    title: str, *content: Html, kinds: list[ObjectType], here: str = "", status: int = 200
) -> Response:
    """Return a whole page; `here` is the object whose tab is the present one."""
    tabs = [
        element(
            "a", kind.plural, href=f"/o/{kind.name}",
            aria_current="page" if kind.name == here else None,
        )
        for kind in kinds if kind.name in TABS
    ]  # fmt: skip
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{title} · {COMPANY} CRM"),
        element("link", rel="stylesheet", href="/style.css"),
    )
    brand = element(
        "a", element("span", "N", class_="mark", aria_hidden="true"),
        element("strong", COMPANY), element("span", "CRM", class_="product"),
        class_="brand", href="/",
    )  # fmt: skip
    header = element(
        "header",
        element(
            "div", brand, element("span", "Simulated org", class_="note"), class_="bar"
        ),
        element("nav", *tabs, aria_label="Objects"),
    )  # fmt: skip
    skip = element("a", "Skip to content", href="#content", class_="skip")
    body = element("body", skip, header, element("main", *content, id="content"))
    text = join([Html("<!DOCTYPE html>"), element("html", head, body, lang="en")])
    return HTMLResponse(str(text), status, HEADERS)


def tile(kind: ObjectType) -> Html:
    """Return the coloured square that stands for an object."""
    return element("span", kind.label[0], class_=f"tile tile-{kind.prefix}", aria_hidden="true")
