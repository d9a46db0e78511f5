"""Templates in a browser without a server, with the real policy and the real static files."""

import mimetypes
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route

ADDRESS = "http://countersign.test/"
PERSON = SimpleNamespace(is_authenticated=True, display_name="Ada Lovelace")
ANONYMOUS = SimpleNamespace(is_authenticated=False)
PARTS = Path(__file__).with_name("parts.html").read_text()


def policy() -> str:
    """Return the content security policy as the product sends it."""
    directives: dict[str, list[str]] = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())


def navigation(state: str = "running", summary: str = "") -> SimpleNamespace:
    """Return what the context processors tell the base."""
    switch = SimpleNamespace(state=state, summary=summary)
    return SimpleNamespace(inbox_count=120, failure_count=1, roles=["Deal desk"], switch=switch)


class Frame:
    """One browser context that is shown templates; keeps what the browser complained about."""

    def __init__(self, context: BrowserContext) -> None:
        """Answer every request of the context from here."""
        self.context = context
        self.pages: dict[str, str] = {}
        self.statuses: dict[str, int] = {}
        self.requests: list[str] = []
        self.complaints: list[str] = []
        context.route("**/*", self.answer)

    def show(self, source: str, **values: Any) -> Page:
        """Render a template and open it."""
        known = {"user": PERSON, "nav": navigation(), "messages": [], "csrf_token": "token"}
        known["site"] = {"version": "1.2.3"}
        html = engines["django"].from_string(source).render({**known, **values})
        self.pages["/"] = html
        page = self.context.new_page()
        page.on("console", self.listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(ADDRESS)
        return page

    def listen(self, message: ConsoleMessage) -> None:
        """Keep warnings and errors, those about the policy among them."""
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def answer(self, route: Route) -> None:
        """Serve a rendered page, a static file, or an empty page for anything else."""
        if "/unreachable/" in route.request.url:
            route.abort()
            return
        path = "/" + route.request.url.removeprefix(ADDRESS).split("?")[0].split("#")[0]
        self.requests.append(f"{route.request.method} {path}")
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            assert found, f"{path} is not there"
            kind = mimetypes.guess_type(path)[0] or "font/woff2"
            route.fulfill(body=Path(found).read_bytes(), content_type=kind)
        else:
            html = self.pages.get(path, "<!doctype html><title>answer</title>")
            headers = {"Content-Security-Policy": policy()}
            route.fulfill(
                status=self.statuses.get(path, 200),
                body=html,
                content_type="text/html; charset=utf-8",
                headers=headers,
            )
