"""Somebody adds a passkey and signs in with it alone, in a browser with an authenticator."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from orchestrator.web.demo_people import DEMO_PASSWORD
from tests.browser import accessibility_faults
from tests.journeys.running import Countersign

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(chromium: Browser, countersign: Countersign):
    """Return a tab that reaches the site by a name: passkeys belong to names."""
    port = urlsplit(countersign.address).port
    context = chromium.new_context(base_url=f"http://localhost:{port}")
    context.set_default_timeout(30_000)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield page
    context.close()


@pytest.mark.req("B5")
def test_a_passkey_signs_in_alone(page: Page):
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto("/sign-in/")
    home = page.url.removesuffix("sign-in/")
    page.get_by_label("User name").fill("auditor")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(home)

    page.goto("/account/factors/")
    assert accessibility_faults(page) == []
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What you call it").fill("Laptop")
    page.get_by_role("button", name="Add it").click()
    page.get_by_text("They are shown only now").wait_for()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_text("Laptop").wait_for()
    page.locator("summary", has_text="menu").click()
    page.get_by_role("button", name="Sign out").click()

    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url(home)
    page.goto("/account/sessions/")
    page.get_by_text("This one").wait_for()
    page.goto("/account/factors/")
    page.locator("li", has_text="Laptop").get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    page.get_by_text("Your passkey is removed.").wait_for()
    assert complaints == []
