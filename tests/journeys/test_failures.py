"""What the CRM refuses waits for a person, who puts it back into the queue."""

import pytest

pytestmark = [pytest.mark.timeout(180), pytest.mark.req("E2", "E3")]


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
    page = olivia.go("/failures/")
    olivia.sees("Next step needs a date.", "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    olivia.shoot("failures")
    failure = page.locator(".failure", has_text="Zeal - Refused")
    failure.locator("summary", has_text="Requeue").click()
    failure.get_by_label("Why").first.fill("The rule is fixed.")
    failure.get_by_role("button", name="Requeue it").click()
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
    page = olivia.go("/failures/?state=failed")
    failure = page.locator(".failure", has_text="Zeal - Given up")
    failure.locator("summary", has_text="Discard").click()
    failure.get_by_label("Why").last.fill("The deal was merged.")
    failure.get_by_role("button", name="Discard it for good").click()

    olivia.sees("Discarded.")
    told = agent.see(number)
    assert told["state"] == "discarded"
    assert "The deal was merged." in told["outcome"]["text"]
    assert crm.record("Opportunity", deal)["NextStep"] == "Waiting for legal"
