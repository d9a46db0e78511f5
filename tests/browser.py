"""A real Chromium for the tests that look at pages the way people do."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
DESKTOP: ViewportSize = {"width": 1360, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
# Milliseconds that a browser may need on a busy machine.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def find_chromium() -> str | None:
    """Return the browser named by COUNTERSIGN_CHROMIUM, or the first on the machine."""
    named = os.environ.get("COUNTERSIGN_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the session; skips when the machine has none."""
    path = find_chromium()
    if path is None:
        pytest.skip(
            "No Chromium found. Install it (as root: apt-get install chromium) or name it in "
            "COUNTERSIGN_CHROMIUM."
        )
    # Playwright's synchronous interface runs a loop in this thread, and Django refuses to touch
    # the database there unless told that nothing else runs.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh profile at desktop size."""
    context = chromium.new_context(viewport=DESKTOP)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One tab of a fresh profile."""
    return context.new_page()


def accessibility_faults(
    page: Page, *, impacts: tuple[str, ...] = ("serious", "critical")
) -> list[str]:
    """Run axe on the page; return one line for each broken rule with the elements that break it."""
    # A colour on its way from one theme to the other is nobody's contrast.
    page.emulate_media(reduced_motion="reduce")
    # Evaluated through the debugger, so the page keeps its strict content security policy.
    page.evaluate(AXE.read_text())
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG
    )
    return [
        f"{fault['id']} ({fault['impact']}): "
        + "; ".join(
            " ".join(node["target"]) + " — " + node["html"][:120] for node in fault["nodes"]
        )
        for fault in result["violations"]
        if fault["impact"] in impacts
    ]
