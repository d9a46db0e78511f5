"""Taking back what an agent wrote: look, ask, decide, see it undone."""

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE, accessibility_faults
from tests.journeys.agent import forecast
from tests.journeys.conftest import eventually

pytestmark = pytest.mark.timeout(240)


def propose(agent, deal):
    number = agent.propose({**forecast(deal, next_step="Call the buyer"), "run": "run-racks-7"})
    agent.wait_for(number, "in_review")
    return number


def approve(visit, numbers):
    dana = visit("deal-desk")
    for number in numbers:
        dana.open(number)
        dana.page.keyboard.press("a")
        dana.stands("Written and read back")


def check(person, name):
    """Keep a picture of the page, wide and narrow, in both themes; find its barriers."""
    page = person.page
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert accessibility_faults(page) == [], f"{name}, {theme}"
        person.shoot(f"{name}-{theme}")
    wide = page.viewport_size
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    person.shoot(f"{name}-phone")
    page.set_viewport_size(wide)
    page.emulate_media(color_scheme="light")


@pytest.mark.req("D1", "D2")
def test_a_run_is_looked_at_taken_back_by_two_roles_and_explained(visit, agent, add_deal, crm):
    edited, still = add_deal("Ashby - Racks"), add_deal("Brook - Racks")
    numbers = [propose(agent, deal) for deal in (edited, still)]
    approve(visit, numbers)
    crm.edit(edited, NextStep="The buyer called back")
    olivia = visit("ops-owner")

    page = olivia.open(numbers[1])
    page.get_by_role("link", name="take the whole run back").click()
    expect(page.locator("[data-figure=newer]")).to_have_text("1")
    olivia.sees("The buyer called back", "Close the tasks that people or the CRM made")
    check(olivia, "preview")
    page.get_by_label("Why").fill("The run read last year's list.")
    page.get_by_role("button", name="Propose to take it back").click()

    olivia.sees("The run read last year's list.", "Stays as it is")
    rollback = page.url.split("/")[-2]
    check(olivia, "rollback")
    decide(visit, "deal-desk", rollback)
    decide(visit, "ae-manager", rollback)
    eventually(lambda: agent.see(numbers[1])["state"] == "reverted")

    assert crm.record("Opportunity", still)["NextStep"] == "Waiting for legal"
    assert crm.record("Opportunity", edited)["NextStep"] == "The buyer called back"
    assert crm.record("Opportunity", edited)["ForecastCategoryName"] == "Commit"
    taken_back = agent.see(numbers[1])["reverted_by"]
    olivia.open(numbers[1])
    olivia.stands("Taken back")
    olivia.shoot("original")
    olivia.page.get_by_role("link", name="Open what took it back").click()
    expect(olivia.page.get_by_role("link", name=numbers[1]).first).to_be_visible()
    assert taken_back in olivia.page.url
    olivia.shoot("what-took-it-back")
    olivia.go("/rollbacks/")
    check(olivia, "rollbacks")


def decide(visit, username, rollback):
    person = visit(username)
    page = person.go(f"/rollbacks/{rollback}/")
    button = page.get_by_role("button", name="Approve 2 at once…")
    expect(button).to_be_visible(timeout=20_000)
    button.click()
    page.get_by_role("button", name="Approve 2").click()
    person.sees("2 approved")
