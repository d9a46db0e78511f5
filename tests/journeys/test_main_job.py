"""The main job: propose, look, decide, write, explain; and saying no."""

import pytest
from playwright.sync_api import expect

from tests.journeys.agent import REASON

pytestmark = pytest.mark.timeout(180)


def deal_values(crm, deal):
    record = crm.record("Opportunity", deal)
    return record["ForecastCategoryName"], record["NextStep"]


@pytest.mark.req("A1", "A2", "A3", "A4", "A5", "E1", "E3", "G1", "K9", "L1")
def test_a_change_is_proposed_seen_approved_with_one_key_written_and_explained(
    visit, agent, add_deal, crm
):
    deal = add_deal("Halvorsen - Fleet renewal")
    number = agent.lower_forecast(deal, next_step="Ask for the budget")
    dana = visit("deal-desk")

    page = dana.go("/")
    dana.shoot("inbox")
    page.get_by_role("link", name="Halvorsen - Fleet renewal").click()

    changes = page.locator("#changes")
    expect(changes.get_by_role("row", name="ForecastCategoryName")).to_contain_text("Commit")
    expect(changes.get_by_role("row", name="ForecastCategoryName")).to_contain_text("Pipeline")
    expect(changes.get_by_role("row", name="NextStep")).to_contain_text("Waiting for legal")
    expect(page.locator("#why")).to_contain_text(REASON)
    expect(page.locator("#evidence")).to_contain_text("come back to you when the budget is clear")
    expect(page.locator("#checks")).to_contain_text("We read every record ourselves")
    expect(page.locator("#route")).to_contain_text("Deal desk")
    dana.shoot("review")
    assert deal_values(crm, deal) == ("Commit", "Waiting for legal")

    page.keyboard.press("a")

    dana.stands("Written and read back")
    dana.shoot("written")
    assert deal_values(crm, deal) == ("Pipeline", "Ask for the budget")
    assert agent.see(number)["state"] == "committed"
    see_it_in_the_crm(dana)
    see_its_history(dana)


def see_it_in_the_crm(dana):
    with dana.page.expect_popup() as opened:
        dana.page.get_by_role("link", name="In the CRM").first.click()
    record = opened.value
    expect(record.get_by_text("Ask for the budget").first).to_be_visible()
    expect(record.get_by_text("Pipeline").first).to_be_visible()
    record.screenshot(path=dana.shots / "04-in-the-crm.png", full_page=True)
    record.close()


def see_its_history(dana):
    dana.page.get_by_role("link", name="History").first.click()
    dana.sees("Dana Whitfield", REASON, "Mail of 12 October", "deal-hygiene, version 1")
    dana.sees("Waiting for legal", "Ask for the budget", "stuck-deals")
    dana.shoot("history")


@pytest.mark.req("A4", "A5")
def test_a_denial_reaches_the_agent_with_its_reason(visit, agent, add_deal, crm):
    deal = add_deal("Brightwater - Pumps")
    number = agent.lower_forecast(deal)
    dana = visit("deal-desk")

    page = dana.open(number)
    page.keyboard.press("x")
    page.get_by_label("Reason", exact=True).select_option(label="Not now")
    page.get_by_label("In your words").fill("The buyer signs on Friday.")
    dana.shoot("deny")
    page.locator(".decision-panel").get_by_role("button", name="Deny").click()

    dana.stands("Denied")
    dana.sees("The buyer signs on Friday.")
    dana.shoot("denied")
    told = agent.see(number)
    assert told["state"] == "denied"
    assert told["outcome"] == {"code": "bad_timing", "text": "The buyer signs on Friday."}
    assert deal_values(crm, deal) == ("Commit", "Waiting for legal")


@pytest.mark.req("A4")
def test_reviewing_one_after_the_other_leads_to_the_end(visit, agent, add_deal):
    for name in ("Aldersey - Sensors", "Aldersey - Gateways"):
        agent.lower_forecast(add_deal(name))
    dana = visit("deal-desk")

    page = dana.go("/")
    page.keyboard.press("r")
    page.wait_for_url("**/proposals/**")
    while "/proposals/" in page.url:
        decided = page.url
        page.keyboard.press("a")
        page.wait_for_url(lambda url, decided=decided: url != decided)

    dana.sees("You are through: nothing else waits for you here.", "Nothing waits for you")
    dana.shoot("through")
