"""Changing one's mind: taking an approval back before it is written, putting a review off."""

import pytest
from playwright.sync_api import expect

from tests.journeys.agent import Agent
from tests.journeys.conftest import eventually

pytestmark = [pytest.mark.timeout(180), pytest.mark.req("A4")]


@pytest.fixture
def agent(countersign):
    return Agent(countersign.address, countersign.keys["lead-hygiene"])


@pytest.fixture
def unsure(agent, crm):
    """Return a repair that the agent is not sure of, and its lead: people are asked."""
    lead = crm.add("Lead", LastName="Sorrel", Company="Sorrel Looms", Status="Open - Not Contacted")
    body = {
        "workflow": "lead-hygiene",
        "action": "repair_lead",
        "reason": {"code": "missing_field", "text": "The industry is missing."},
        "confidence": 0.5,
        "evidence": [{"kind": "quote", "title": "Register", "quote": "Weaving of textiles"}],
        "changes": [
            {"op": "update", "object": "Lead", "id": lead, "fields": {"Industry": "Apparel"}}
        ],
    }
    number = agent.propose(body)
    agent.wait_for(number, "in_review")
    return number, lead


def test_an_approval_is_taken_back_by_key_and_nothing_is_written(visit, agent, unsure, crm):
    number, lead = unsure
    sam = visit("sales-ops")

    page = sam.open(number)
    page.keyboard.press("a")
    sam.sees("You approved it.")
    sam.shoot("approved")
    page.keyboard.press("u")

    sam.sees("Taken back: nothing was written.")
    sam.stands("Waits for you")
    sam.shoot("taken-back")
    assert crm.record("Lead", lead)["Industry"] is None
    assert agent.see(number)["state"] == "in_review"
    expect(page.locator("#timeline")).to_contain_text("took the approval back")

    page.keyboard.press("a")
    sam.stands("Written and read back")
    assert crm.record("Lead", lead)["Industry"] == "Apparel"


def test_what_is_put_off_leaves_my_list_and_can_be_taken_up_again(visit, unsure):
    number, _ = unsure
    sam = visit("sales-ops")

    page = sam.open(number)
    page.keyboard.press("l")
    page.get_by_role("button", name="1 hour").click()
    sam.sees("Put off.")
    href = f"/proposals/{number}/"
    assert page.locator(f'a.row-link[href="{href}"]').count() == 0
    sam.go("/snoozed/")
    sam.shoot("put-off")
    row = page.locator("tr", has=page.locator(f'a[href="{href}"]'))
    row.get_by_role("button", name="Take it up again").click()
    sam.sees("It waits for you again.")
    eventually(lambda: sam.go("/") and page.locator(f'a.row-link[href="{href}"]').count() == 1)
