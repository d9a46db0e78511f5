"""People in front of a browser: they sign in, look and press keys; pages are kept to look at."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    expect,
)

from orchestrator.web.demo_people import DEMO_PASSWORD
from tests.browser import DESKTOP
from tests.journeys.running import Countersign

ARTIFACTS = Path(__file__).resolve().parents[2] / ".artifacts" / "journeys"
# Workers do in the background what the page then shows.
PATIENCE = 60_000
# The browser itself reports every refusal that a journey provokes; it is not a fault of the page.
PROVOKED = re.compile(
    r"Failed to load resource: .* (400|401|403|404|409|422)"
    # Said of a slow machine: the font came before the styles that use it.
    r"|was preloaded using link preload but not used within a few seconds"
)


class Person:
    """One person with a browser of their own."""

    def __init__(self, page: Page, countersign: Countersign, shots: Path) -> None:
        """Listen to what the browser complains about from the first page on."""
        self.page = page
        self.countersign = countersign
        self.shots = shots
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str, *, status: int = 200) -> Page:
        """Open a page of Countersign."""
        answer = self.page.goto(self.countersign.address + path)
        assert isinstance(answer, Response)
        assert answer.status == status, f"{path} answered {answer.status}"
        return self.page

    def open(self, number: str) -> Page:
        """Open a proposal."""
        return self.go(f"/proposals/{number}/")

    def sees(self, *texts: str) -> None:
        """Wait until each text is to be seen on the page."""
        for text in texts:
            expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)

    def stands(self, title: str) -> None:
        """Wait until the page of a proposal says where it stands, without being reloaded."""
        expect(self.page.locator("#standing .note-title")).to_have_text(title, timeout=PATIENCE)

    def button(self, name: str) -> Locator:
        """Return the button with this name, to be seen."""
        return self.page.get_by_role("button", name=re.compile(f"^{name}", re.I)).locator(
            "visible=true"
        )

    def shoot(self, name: str) -> None:
        """Keep a picture of the whole page."""
        self.shots.mkdir(parents=True, exist_ok=True)
        number = len(list(self.shots.glob("*.png"))) + 1
        self.page.screenshot(path=self.shots / f"{number:02d}-{name}.png", full_page=True)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not PROVOKED.search(message.text):
            self.complaints.append(message.text)


def sign_in(page: Page, countersign: Countersign, username: str) -> None:
    """Sign in by the form, as everybody does who has a password."""
    page.goto(f"{countersign.address}/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()


def open_browser(
    browser: Browser, countersign: Countersign, username: str, **options: Any
) -> BrowserContext:
    """Return a browser in which this person is signed in; the form is filled in only once."""
    if username not in countersign.profiles:
        context = browser.new_context(viewport=DESKTOP)
        sign_in(context.new_page(), countersign, username)
        countersign.profiles[username] = context.storage_state()
        context.close()
    profile: Any = countersign.profiles[username]
    context = browser.new_context(**{"viewport": DESKTOP, "storage_state": profile, **options})
    context.set_default_timeout(PATIENCE)
    return context
