"""What the CRM refuses waits for a person, who puts it back, corrects it or gives it up."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import eventually
from tests.journeys.people import PATIENCE

pytestmark = [pytest.mark.timeout(240), pytest.mark.req("E2", "E3")]


def say(person, panel: str, reason: str, button: str) -> None:
    """Open a panel of the bar, say why, and press its button."""
    person.page.locator("summary", has_text=panel).click()
    open_panel = person.page.locator("details[open] .decision-panel")
    open_panel.get_by_label("Why").fill(reason)
    open_panel.get_by_role("button", name=button).click()


def open_failure(person, deal: str) -> None:
    """Go to the list and open the failure of a deal from it."""
    person.go("/failures/").get_by_role("link", name=deal).first.click()
    person.sees("Both sides")


def test_a_dead_letter_is_requeued_and_then_written(visit, agent, add_deal, crm):
    deal = add_deal("Zeal - Refused")
    number = agent.lower_forecast(deal, next_step="After the rule was fixed")
    dana, olivia = visit("deal-desk"), visit("ops-owner")
    crm.fault(
        "error",
        record_id=deal,
        code="FIELD_CUSTOM_VALIDATION_EXCEPTION",
        message="Next step needs a date.",
    )

    dana.open(number)
    dana.page.keyboard.press("a")
    dana.stands("It could not be written")
    dana.shoot("failed")
    olivia.go("/failures/")
    olivia.sees("A validation rule in the CRM refuses", "Next step needs a date.")
    olivia.shoot("failures")
    open_failure(olivia, "Zeal - Refused")
    olivia.sees("FIELD_CUSTOM_VALIDATION_EXCEPTION", "just now", "as before")
    olivia.shoot("one-failure")
    say(olivia, "Requeue", "The rule is fixed.", "Requeue it")
    olivia.sees("Back in the queue.")

    dana.open(number)
    dana.stands("Written and read back")
    dana.sees("The rule is fixed.")
    dana.shoot("written-after-all")
    assert crm.record("Opportunity", deal)["NextStep"] == "After the rule was fixed"
    assert agent.see(number)["state"] == "committed"


def test_a_dead_letter_is_discarded_with_a_reason_for_the_agent(visit, agent, add_deal, crm):
    deal = add_deal("Zeal - Given up")
    number = agent.lower_forecast(deal)
    dana, olivia = visit("deal-desk"), visit("ops-owner")
    crm.fault("error", record_id=deal, code="FIELD_INTEGRITY_EXCEPTION", message="No.")

    dana.open(number)
    dana.page.keyboard.press("a")
    dana.stands("It could not be written")
    open_failure(olivia, "Zeal - Given up")
    say(olivia, "Discard", "The deal was merged.", "Discard it for good")

    olivia.sees("Discarded.")
    told = agent.see(number)
    assert told["state"] == "discarded"
    assert "The deal was merged." in told["outcome"]["text"]
    assert crm.record("Opportunity", deal)["NextStep"] == "Waiting for legal"


@pytest.mark.req("A4")
def test_a_dead_letter_is_corrected_approved_and_written(visit, agent, add_deal, crm):
    deal = add_deal("Zeal - Corrected")
    number = agent.lower_forecast(deal, next_step="Call the bujer")
    dana, olivia = visit("deal-desk"), visit("ops-owner")
    crm.fault(
        "error", record_id=deal, code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="Spelling."
    )

    dana.open(number)
    dana.page.keyboard.press("a")
    dana.stands("It could not be written")
    open_failure(olivia, "Zeal - Corrected")
    olivia.page.get_by_role("link", name="Edit as new revision").click()
    olivia.page.get_by_label("NextStep", exact=False).first.fill("Call the buyer")
    olivia.page.get_by_label("What was wrong").fill("A typing error in the next step.")
    olivia.shoot("correcting")
    olivia.page.get_by_role("button", name="Hand in for approval").click()
    olivia.sees("Other people decide on it now; you do not.")

    told = agent.wait_for(number, "in_review")
    assert told["revision"] == 2
    assert told["content"]["changes"][0]["fields"]["NextStep"] == "Call the buyer"
    dana.open(number)
    dana.sees("A typing error in the next step.")
    dana.shoot("corrected")
    dana.page.keyboard.press("a")
    dana.stands("Written and read back")
    assert crm.record("Opportunity", deal)["NextStep"] == "Call the buyer"


def test_many_failures_of_one_cause_are_requeued_at_once(visit, agent, add_deal, crm):
    deals = [add_deal(f"Zeal - Many {place}") for place in range(3)]
    numbers = [agent.lower_forecast(deal, next_step="All together") for deal in deals]
    dana, olivia = visit("deal-desk"), visit("ops-owner")
    for deal in deals:
        crm.fault("error", record_id=deal, code="STRING_TOO_LONG", message="Too long.")

    for number in numbers:
        dana.open(number)
        dana.page.keyboard.press("a")
        dana.stands("It could not be written")
    page = olivia.go("/failures/?tab=failed")
    group = page.locator("section.cause", has_text="is too long for the CRM")
    expect(group).to_contain_text("3", timeout=PATIENCE)
    group.get_by_role("link", name="Deal with all 3").click()
    olivia.sees("3 failures at once")
    olivia.shoot("bulk")
    page.get_by_label("Requeue").check()
    page.get_by_role("textbox", name="Why").fill("The field is longer now.")
    page.get_by_role("button", name="Do it for the ticked ones").click()
    olivia.sees("3 of 3 requeued")
    olivia.shoot("bulk-result")

    for number in numbers:
        agent.wait_for(number, "committed")


@pytest.mark.req("E1")
def test_an_outcome_that_nobody_can_read_back_is_settled_by_a_person(visit, agent, add_deal, crm):
    deal = add_deal("Zeal - Unclear")
    number = agent.lower_forecast(deal, next_step="Did it arrive?")
    dana, olivia = visit("deal-desk"), visit("ops-owner")
    crm.fault("drop_after_commit", path="/composite$", record_id=deal)

    dana.open(number)
    dana.page.keyboard.press("a")
    agent.wait_for(number, "outcome_unknown")
    # The write happened; then somebody deleted the record, and nothing is left to read back.
    crm.delete(deal)
    eventually(
        lambda: olivia.go("/failures/?tab=unknown").get_by_text("Zeal - Unclear").count(),
        seconds=90,
    )
    open_failure(olivia, "Zeal - Unclear")
    olivia.sees("There is no such record now.", "What happened?")
    olivia.shoot("unclear")
    say(olivia, "It was written", "It is in the recycle bin, with our value.", "It was written")
    olivia.sees("Taken as written.")

    told = agent.wait_for(number, "committed")
    assert told["closed"] is True
    dana.open(number)
    dana.sees("It is in the recycle bin, with our value.")
    dana.shoot("settled-by-a-person")
