"""A workflow's mode: down at once, up only with a second person."""

import pytest
from playwright.sync_api import expect

from tests.journeys.agent import Agent

pytestmark = [pytest.mark.timeout(180), pytest.mark.req("C2", "G6")]


@pytest.fixture
def agent(countersign):
    return Agent(countersign.address, countersign.keys["lead-hygiene"])


def repair(lead):
    return {
        "workflow": "lead-hygiene",
        "action": "repair_lead",
        "reason": {"code": "missing_field", "text": "The industry is missing."},
        "confidence": 0.95,
        "evidence": [{"kind": "quote", "title": "Register", "quote": "Manufacture of pumps"}],
        "changes": [
            {"op": "update", "object": "Lead", "id": lead, "fields": {"Industry": "Manufacturing"}}
        ],
    }


def add_lead(crm):
    return crm.add("Lead", LastName="Yarrow", Company="Yarrow Pumps", Status="Open - Not Contacted")


def test_down_is_immediate_and_up_takes_a_second_person(visit, agent, crm):
    agent.wait_for(agent.propose(repair(add_lead(crm))), "committed")
    olivia, oscar = visit("ops-owner"), visit("ops-deputy")
    page = olivia.go("/workflows/lead-hygiene/")
    olivia.shoot("before")

    page.locator("summary", has_text="Go down").click()
    page.get_by_role("radio", name="Observe").check()
    page.locator("details[open]").get_by_label("Why", exact=True).fill("New reasons first.")
    olivia.button("Switch now").click()
    olivia.sees("Lead hygiene is in observe mode now.")
    lead = add_lead(crm)
    agent.wait_for(agent.propose(repair(lead)), "observed")
    assert crm.record("Lead", lead)["Industry"] is None

    page.locator("summary", has_text="Ask to go up").click()
    page.locator("details[open]").get_by_label("Why", exact=True).fill("Reasons are agreed.")
    olivia.button("Propose propose mode").click()
    olivia.shoot("asked")
    assert current_mode(olivia) == "Observe"

    promotion = asked(oscar)
    oscar.shoot("promotion")
    assert not olivia.go(promotion).get_by_text("Approve", exact=True).is_visible()
    oscar.page.keyboard.press("a")
    oscar.page.get_by_label("Why you approve").fill("I have read the reasons.")
    oscar.page.locator(".decision-panel").get_by_role("button", name="Approve").click()
    oscar.stands("Written and read back")
    oscar.shoot("promoted")
    assert current_mode(olivia) == "Propose"
    olivia.sees("Reasons are agreed.")


def asked(person):
    """Open what waits for this person about the workflow; return its address."""
    page = person.go("/?workflow=countersign-configuration")
    page.get_by_role("link", name="Lead hygiene").first.click()
    expect(page.locator("#changes")).to_contain_text("observe", ignore_case=True)
    return page.url.removeprefix(person.countersign.address)


def current_mode(person):
    page = person.go("/workflows/lead-hygiene/")
    return page.locator(".ladder [aria-current] strong").inner_text()
