"""The same decision without JavaScript, without a mouse, on a phone, and in the dark."""

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE, accessibility_faults
from tests.journeys.conftest import eventually

pytestmark = [pytest.mark.timeout(180), pytest.mark.req("A4")]


def next_step(crm, deal):
    return crm.record("Opportunity", deal)["NextStep"]


def fits(page):
    """Say whether nothing has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_deciding_works_without_javascript(visit, agent, add_deal, crm):
    deal, other = add_deal("Quayle - Depot"), add_deal("Quayle - Portal")
    yes = agent.lower_forecast(deal, next_step="Without scripts")
    no = agent.lower_forecast(other)
    dana = visit("deal-desk", java_script_enabled=False)

    page = dana.go("/")
    page.get_by_role("link", name="Quayle - Depot").click()
    dana.shoot("review")
    dana.button("Approve").click()
    dana.sees("You approved it.")
    eventually(lambda: agent.see(yes)["state"] == "committed")
    page.reload()
    dana.stands("Written and read back")
    assert next_step(crm, deal) == "Without scripts"

    dana.open(no)
    page.locator("summary", has_text="Deny").click()
    page.get_by_label("Reason", exact=True).select_option("not_convincing")
    page.get_by_label("In your words").fill("One mail is not enough.")
    page.locator(".decision-panel").get_by_role("button", name="Deny").click()
    dana.stands("Denied")
    assert agent.see(no)["outcome"]["text"] == "One mail is not enough."


def test_deciding_works_with_the_keyboard_alone(visit, agent, add_deal, crm):
    deal, other = add_deal("Rusby - Meters"), add_deal("Rusby - Valves")
    yes = agent.lower_forecast(deal, next_step="By key")
    no = agent.lower_forecast(other)
    dana = visit("deal-desk")

    page = dana.go("/?text=Rusby")
    for _ in range(2):
        page.keyboard.press("j")
    expect(page.locator(".row-link:focus")).to_have_count(1)
    page.keyboard.press("k")
    focused = page.locator(".row-link:focus").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(focused)

    dana.open(no)
    page.keyboard.press("x")
    expect(page.get_by_label("Reason", exact=True)).to_be_focused()
    page.keyboard.type("The evidence")
    page.keyboard.press("Tab")
    page.keyboard.type("Approve? No: ask again after the call.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dana.stands("Denied")
    assert agent.see(no)["outcome"]["code"] == "not_convincing"

    dana.open(yes)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    dana.shoot("keys")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    dana.stands("Written and read back")
    assert next_step(crm, deal) == "By key"


def test_deciding_works_on_a_phone(visit, agent, add_deal, crm):
    deal = add_deal("Penhallow and Daughters - Planning software for the whole northern fleet")
    number = agent.lower_forecast(deal, next_step="From the train, with a rather long next step")
    dana = visit("deal-desk", viewport=PHONE, has_touch=True, is_mobile=True)

    page = dana.go("/?text=Penhallow")
    assert fits(page)
    dana.shoot("inbox")
    page.locator("a.row-link", has_text="Penhallow").tap()
    dana.stands("Waits for you")
    assert fits(page)
    dana.shoot("review")
    page.locator("summary", has_text="Deny").tap()
    dana.shoot("deny")
    assert fits(page)
    page.locator("summary", has_text="Deny").tap()
    dana.button("Approve").tap()

    dana.stands("Written and read back")
    assert fits(page)
    dana.shoot("written")
    assert agent.see(number)["state"] == "committed"
    assert next_step(crm, deal) == "From the train, with a rather long next step"


def test_deciding_works_in_the_dark(visit, agent, add_deal):
    number = agent.lower_forecast(add_deal("Sallow - Night shift"))
    dana = visit("deal-desk", color_scheme="dark")

    page = dana.open(number)
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    dana.shoot("review")
    assert accessibility_faults(page) == []
    page.keyboard.press("a")

    dana.stands("Written and read back")
    page.get_by_role("button", name="Switch to the light theme").click()
    dana.go("/")
    assert page.locator("html").get_attribute("data-bs-theme") == "light"
