"""What happens when the proposal or the record is no longer what somebody looked at."""

import pytest
from playwright.sync_api import expect

from tests.journeys.agent import forecast

pytestmark = pytest.mark.timeout(180)


@pytest.mark.req("A5")
def test_approving_a_stale_screen_counts_for_nothing(visit, agent, add_deal, crm):
    deal = add_deal("Thornbury - Rollout")
    number = agent.lower_forecast(deal, next_step="First idea")
    dana = visit("deal-desk")
    page = dana.open(number)
    before = crm.last_effect()

    agent.revise(number, forecast(deal, next_step="Second idea"))
    agent.wait_for(number, "in_review")
    page.keyboard.press("a")

    dana.sees("Nothing was decided.", "not_what_you_saw", "Second idea")
    dana.shoot("not-what-you-saw")
    assert agent.see(number)["state"] == "in_review"
    assert crm.last_effect() == before

    page.keyboard.press("a")
    dana.stands("Written and read back")
    assert crm.record("Opportunity", deal)["NextStep"] == "Second idea"


@pytest.mark.req("E1", "E3", "G5")
def test_a_record_edited_after_the_approval_comes_back_with_three_sides(
    visit, agent, add_deal, crm, switch_on_again
):
    deal = add_deal("Underhill - Warehouse")
    number = agent.lower_forecast(deal, next_step="As proposed")
    olivia, oscar, dana = visit("ops-owner"), visit("ops-deputy"), visit("deal-desk")

    olivia.go("/controls/")
    olivia.page.get_by_label("What to halt").select_option("object:Opportunity")
    olivia.page.get_by_label("Why", exact=True).fill("A bulk edit is under way.")
    olivia.button("Halt now").click()
    olivia.sees("Nothing is in flight.")
    dana.open(number)
    dana.page.keyboard.press("a")
    dana.stands("Approved, and not written yet")
    dana.shoot("held")
    crm.edit(deal, NextStep="Maya was faster")
    release(olivia, oscar)

    dana.open(number)
    dana.stands("Waits for you")
    changes = dana.page.locator("#changes")
    row = changes.get_by_role("row", name="NextStep")
    for side in ("Waiting for legal", "Maya was faster", "As proposed"):
        expect(row).to_contain_text(side)
    dana.sees("Underhill - Warehouse changed since it was approved: NextStep.")
    dana.shoot("three-sides")
    assert crm.record("Opportunity", deal)["NextStep"] == "Maya was faster"

    dana.page.keyboard.press("a")
    dana.stands("Written and read back")
    assert crm.record("Opportunity", deal)["NextStep"] == "As proposed"


def release(first, second):
    page = first.go("/controls/")
    page.locator("summary", has_text="Ask to release").click()
    page.get_by_label("Why it is safe to write again").fill("The bulk edit is done.")
    page.get_by_role("button", name="Ask; a second person releases it").click()
    first.sees("You asked, so a second person has to release it.")
    second.go("/controls/")
    second.button("Release it").click()
    second.sees("Writes are on everywhere.")
