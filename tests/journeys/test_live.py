"""Pages that are open while others work: told at once, never moved, and of use without a script."""

import pytest
from playwright.sync_api import expect

from tests.journeys.people import PATIENCE

pytestmark = pytest.mark.timeout(240)


def row_of(page, number):
    return page.locator(f'[data-row]:has(a[href^="/proposals/{number}/"])')


@pytest.mark.req("A1", "A4")
def test_what_somebody_else_decides_is_greyed_in_place_and_what_comes_is_offered(
    visit, agent, add_deal
):
    first = agent.lower_forecast(add_deal("Aurora Mills - Frame contract"))
    second = agent.lower_forecast(add_deal("Bellweather - Renewal"))
    dana, deniz = visit("deal-desk"), visit("deal-desk-2")
    inbox = dana.go("/")
    mine, other = row_of(inbox, first), row_of(inbox, second)
    expect(other).to_be_visible()
    expect(inbox.locator("#live[data-listening]")).to_be_attached(timeout=PATIENCE)

    # The reader stands on the other row.
    link = other.get_by_role("link", name="Bellweather")
    link.focus()
    before = other.bounding_box()
    deniz.open(first)
    expect(mine.locator(".row-readers")).to_contain_text("Deniz", timeout=PATIENCE)
    deniz.button("Approve").click()
    expect(mine.locator(".row-settled-words")).to_contain_text("Approved by", timeout=PATIENCE)
    expect(mine.get_by_role("checkbox")).to_be_disabled()

    third = agent.lower_forecast(add_deal("Cobalt Freight - Upsell"))
    offered = inbox.locator("[data-live-new]")
    expect(offered).to_be_visible(timeout=PATIENCE)
    expect(offered).to_contain_text("1 new")
    expect(link).to_be_focused()
    assert other.bounding_box() == before
    dana.shoot("greyed-and-offered")
    inbox.keyboard.press("l")
    expect(row_of(inbox, third)).to_be_visible(timeout=PATIENCE)


@pytest.mark.req("A1", "A3")
def test_two_who_look_at_one_proposal_see_each_other_and_the_slower_one_is_told(
    visit, agent, add_deal
):
    number = agent.lower_forecast(add_deal("Drummond - Extension"))
    dana, deniz = visit("deal-desk"), visit("deal-desk-2")
    page, other = dana.open(number), deniz.open(number)
    for each in (page, other):
        expect(each.locator("[data-live-here]")).to_contain_text("is looking at this too")
    dana.shoot("together")

    deniz.button("Approve").click()
    note = page.locator("[data-live-note]")
    expect(note).to_be_visible(timeout=PATIENCE)
    expect(note).to_contain_text("Approved by")
    expect(page.get_by_role("button", name="Approve").first).to_be_disabled()
    dana.shoot("too-late")
    note.get_by_role("link", name="Reload").click()
    expect(page.locator("[data-live-note]")).to_be_hidden()


def test_without_a_script_the_inbox_is_a_list_like_any_other(visit, agent, add_deal):
    number = agent.lower_forecast(add_deal("Everett - Plan B"))
    page = visit("deal-desk", java_script_enabled=False).go("/")
    expect(row_of(page, number)).to_be_visible()
    for quiet in ("[data-live-new]", "[data-live-paused]"):
        expect(page.locator(quiet)).to_be_hidden()
