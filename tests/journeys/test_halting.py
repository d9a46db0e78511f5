"""The kill switch: one person stops everything, two people start it again."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import eventually
from tests.journeys.test_records_that_move import release

pytestmark = [pytest.mark.timeout(180), pytest.mark.req("G5")]
PAGES = ["/", "/workflows/", "/agents/", "/failures/", "/controls/", "/ledger/"]


def test_nothing_is_written_while_everything_is_halted(
    visit, agent, add_deal, crm, switch_on_again
):
    deals = [add_deal("Wexcombe - Halted")]
    number = agent.lower_forecast(deals[0], next_step="Only after the release")
    olivia, oscar, dana = visit("ops-owner"), visit("ops-deputy"), visit("deal-desk")

    page = olivia.go("/controls/")
    page.get_by_label("What to halt").select_option("all:")
    page.get_by_label("Why", exact=True).fill("Amounts look wrong since noon.")
    olivia.button("Halt now").click()
    olivia.sees("Nothing is in flight.")
    olivia.shoot("halted")
    for path in [*PAGES, f"/proposals/{number}/"]:
        dana.go(path)
        banner = dana.page.locator(".switch-banner")
        expect(banner).to_contain_text("Halted.")
        expect(banner).to_contain_text("Amounts look wrong since noon.")

    before = crm.last_effect()
    dana.page.keyboard.press("a")
    dana.stands("Approved, and not written yet")
    dana.sees("Amounts look wrong since noon.")
    dana.shoot("approved-and-held")
    me = agent.http.get("/me").json()
    assert me["paused"] is True
    # The sweep has tried and noted why it waits: it was not merely slow.
    eventually(lambda: "halted" in dana.open(number).content())
    assert crm.last_effect() == before
    assert agent.see(number)["state"] == "approved"

    release(olivia, oscar)
    olivia.go("/controls/")
    olivia.shoot("released")
    dana.open(number)
    dana.stands("Written and read back")
    assert dana.page.locator(".switch-banner").count() == 0
    assert crm.record("Opportunity", deals[0])["NextStep"] == "Only after the release"


def test_the_one_who_asks_cannot_release(visit, switch_on_again):
    oscar = visit("ops-deputy")
    page = oscar.go("/controls/")
    page.get_by_label("What to halt").select_option("object:Lead")
    page.get_by_label("Why", exact=True).fill("Duplicates.")
    oscar.button("Halt now").click()

    page.locator("summary", has_text="Ask to release").click()
    page.get_by_label("Why it is safe to write again").fill("They are merged.")
    page.get_by_role("button", name="Ask; a second person releases it").click()

    oscar.sees("You asked, so a second person has to release it.")
    assert not oscar.button("Release it").is_visible()


def test_who_runs_nothing_cannot_halt(visit):
    dana = visit("deal-desk")

    dana.go("/controls/")

    dana.sees("Ask one of them.")
    assert not dana.button("Halt now").is_visible()
