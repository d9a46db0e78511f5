"""Who may come in: people with a password, agents with a key, and nobody else."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.people import sign_in

pytestmark = pytest.mark.timeout(180)
PAGES = ["/", "/workflows/", "/agents/", "/failures/", "/controls/", "/ledger/"]


@pytest.mark.req("B1")
def test_people_sign_in_and_out(chromium, countersign):
    context = chromium.new_context()
    page = context.new_page()

    for path in PAGES:
        page.goto(countersign.address + path)
        expect(page).to_have_url(re.compile("/sign-in/"))
    page.get_by_label("User name").fill("deal-desk")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    sign_in(page, countersign, "deal-desk")
    page.locator(".top-tools details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(countersign.address + "/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    context.close()


def test_the_demo_offers_its_people(chromium, countersign):
    context = chromium.new_context()
    page = context.new_page()

    page.goto(f"{countersign.address}/sign-in/?next=/workflows/")
    page.get_by_role("button", name="Dana Whitfield").click()

    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    context.close()


@pytest.mark.req("A5", "B1")
def test_a_stranger_finds_nothing(visit, agent, add_deal):
    number = agent.lower_forecast(add_deal("Ashdown - Secret"))
    stig = visit("stranger")

    stig.go(f"/proposals/{number}/", status=404)
    assert "Ashdown" not in stig.page.content()
    stig.shoot("not-found")
    stig.go("/workflows/deal-hygiene/", status=404)
    stig.go("/?tab=all")
    stig.shoot("empty-inbox")
    assert "Ashdown" not in stig.page.content()


@pytest.mark.req("B2", "C1")
def test_a_key_is_shown_once_works_and_is_revoked(visit, countersign):
    olivia = visit("ops-owner")
    page = olivia.go("/agents/")
    olivia.shoot("agents")
    page.get_by_role("link", name="Deal desk agent").click()
    olivia.shoot("agent")

    page.locator("summary", has_text="Issue a key").click()
    olivia.button("Issue and show it once").click()
    key = page.locator("#key-text").inner_text()
    assert key.startswith("csn_")
    assert asked_who(countersign, key).json()["agent"] == "deal-desk-agent"
    page.get_by_role("link", name="I have kept it").click()
    assert key not in page.content()

    row = page.get_by_role("row", name=re.compile(key.split("_")[1]))
    row.locator("summary", has_text="Revoke").click()
    row.get_by_label("Why").fill("Only a try.")
    row.get_by_role("button", name="Revoke now").click()

    olivia.sees("is revoked.")
    refused = asked_who(countersign, key)
    assert refused.status_code == 401
    assert refused.json()["code"]


def asked_who(countersign, key):
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(f"{countersign.address}/api/v1/me", headers=headers, trust_env=False)
