"""A person asks, the agent answers with a new revision, and the person decides on that."""

import pytest
from playwright.sync_api import expect

from tests.journeys.agent import forecast

pytestmark = pytest.mark.timeout(180)


@pytest.mark.req("A2", "A4", "A5", "K9")
def test_a_question_is_answered_by_the_agent_and_then_decided(visit, agent, add_deal, crm):
    deal = add_deal("Vickery - Analytics")
    number = agent.lower_forecast(deal)
    dana = visit("deal-desk")

    page = dana.open(number)
    page.keyboard.press("s")
    page.get_by_label("Your question").fill("Did anybody call them this week?")
    page.locator(".decision-panel").get_by_role("button", name="Send back").click()
    dana.stands("Sent back with a question")
    dana.shoot("asked")
    seen = agent.wait_for(number, "revision_requested")
    assert seen["question"] == "Did anybody call them this week?"

    answered = forecast(deal, next_step="Call again on Monday")
    agent.revise(number, answered, answer="Yes, on Tuesday; nobody answered.")
    agent.wait_for(number, "in_review")

    page.reload()
    dana.stands("Waits for you")
    expect(page.locator("#why")).to_contain_text("Did anybody call them this week?")
    expect(page.locator("#why")).to_contain_text("Yes, on Tuesday; nobody answered.")
    dana.shoot("answered")
    page.keyboard.press("a")
    dana.stands("Written and read back")
    assert crm.record("Opportunity", deal)["NextStep"] == "Call again on Monday"
