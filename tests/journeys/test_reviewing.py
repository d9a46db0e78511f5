"""Reviewing one after the other, with the next item shown while a decision is on its way."""

import pytest
from playwright.sync_api import expect

from tests.journeys.people import PATIENCE

pytestmark = pytest.mark.timeout(240)


# A line that takes as long as the test wants.
SLOW_LINE = """() => {
  const send = window.fetch;
  window.fetch = (where, how) =>
    how?.method === "POST"
      ? new Promise((go) => { window.letGo = () => go(send(where, how)); })
      : send(where, how);
}"""


def proposal_on(page):
    return page.locator("#live").get_attribute("data-proposal")


def begin_round(person):
    """Begin a round and wait until the item after the first one is there."""
    page = person.go("/")
    page.keyboard.press("r")
    expect(page.locator("[data-round][data-ready]")).to_be_attached(timeout=PATIENCE)
    return page


@pytest.mark.req("A4")
def test_a_second_key_press_decides_nothing_that_is_shown_in_advance(visit, agent, add_deal):
    for name in ("Brindle - Line 1", "Brindle - Line 2", "Brindle - Line 3"):
        agent.lower_forecast(add_deal(name))
    dana, deniz = visit("deal-desk"), visit("deal-desk-2")
    page = begin_round(dana)
    first, sent = proposal_on(page), []
    page.on("request", lambda each: sent.append(each.url) if each.method == "POST" else None)
    page.evaluate(SLOW_LINE)

    page.keyboard.press("a")
    expect(page.locator(f'#live:not([data-proposal="{first}"])')).to_be_attached()
    second = proposal_on(page)
    expect(page.get_by_text("Sending your decision…")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("a")
    page.evaluate("window.letGo()")

    # The page as it is now.
    expect(page.get_by_text("You approved it.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Sending your decision…")).to_be_hidden()
    assert len(sent) == 1
    assert proposal_on(page) == second
    assert f"/proposals/{second}/" in page.url
    expect(page.locator("#content")).to_be_focused()

    # Who looks at it now is seen there, and no longer at what was decided.
    deniz.open(second)
    expect(deniz.page.locator("[data-live-names]")).to_contain_text("Dana", timeout=PATIENCE)
    expect(page.locator("[data-live-names]")).to_contain_text("Deniz", timeout=PATIENCE)


@pytest.mark.req("A4")
def test_a_decision_without_an_answer_brings_back_what_was_typed(visit, agent, add_deal):
    for name in ("Cawley - Line 1", "Cawley - Line 2"):
        agent.lower_forecast(add_deal(name))
    dana = visit("deal-desk")
    page = begin_round(dana)
    first = proposal_on(page)
    page.route("**/decide/", lambda route: route.abort())
    page.keyboard.press("x")
    page.get_by_label("Reason").select_option(index=1)
    page.get_by_label("In your words").fill("Not before the audit.")
    page.locator(".decision-panel:visible").get_by_role("button", name="Deny").click()
    expect(page.get_by_text("No answer from the server")).to_be_visible()
    assert proposal_on(page) == first
    expect(page.get_by_label("In your words")).to_have_value("Not before the audit.")

    # A place on the same page is no reason to load it again.
    page.evaluate("window.kept = true")
    page.evaluate("location.hash = 'story'")
    page.unroute("**/decide/")
    page.locator(".decision-panel:visible").get_by_role("button", name="Deny").click()
    expect(page.get_by_text("You denied it.")).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("window.kept")
    # The browser itself reports the request that was cut off.
    dana.complaints.clear()


@pytest.mark.req("A4")
def test_a_vote_that_came_too_late_comes_back_with_the_reason(visit, agent, add_deal):
    for name in ("Dunmore - Line 1", "Dunmore - Line 2"):
        agent.lower_forecast(add_deal(name))
    dana, deniz = visit("deal-desk"), visit("deal-desk-2")
    page = begin_round(dana)
    first = proposal_on(page)
    page.evaluate(SLOW_LINE)
    page.keyboard.press("a")
    expect(page.get_by_text("Sending your decision…")).to_be_visible()

    other = deniz.open(first)
    deniz.button("Approve").click()
    expect(other.get_by_text("You approved it.")).to_be_visible(timeout=PATIENCE)
    page.evaluate("window.letGo()")

    problem = page.locator("#problems [data-problem]")
    expect(problem).to_contain_text("Your decision did not count", timeout=PATIENCE)
    expect(problem).to_be_focused()
    assert proposal_on(page) == first
    # From there it goes on.
    page.keyboard.press("n")
    expect(page.locator(f'#live:not([data-proposal="{first}"])')).to_be_attached(timeout=PATIENCE)
