"""A fresh look at an org, as somebody who connects it has it made."""

import time

import pytest

from orchestrator.connectors.errors import ConnectorError, Transient
from orchestrator.connectors.examination import Finding
from orchestrator.connectors.registry import examiner_for
from orchestrator.connectors.remedies import ANYTHING, remedy_for
from orchestrator.orgs.models import Org
from tests.registry_factories import AT

pytestmark = pytest.mark.req("E1")


def org_of(simulator, **changes):
    values = {
        "slug": "acme", "title": "Acme", "kind": "salesforce", "environment": "dev",
        "base_url": simulator.url, "sign_in": "client_credentials",
        "client_id": simulator.client_id, "secret": simulator.client_secret, **changes,
    }  # fmt: skip
    return Org(**values)


def look(org, *objects, seconds=10.0):
    found = examiner_for(org, seconds=seconds).examine(objects or ("Opportunity",), at=AT)
    return {step.title: step for step in found.steps}, found


@pytest.fixture(autouse=True)
def one_deal(simulator):
    simulator.reset()
    simulator.clear_faults()
    simulator.add(
        "Opportunity", Name="Older", StageName="Proposal", CloseDate="2026-12-31", NextStep="Wait"
    )


class TestLook:
    def test_signs_in_asks_for_the_allowance_and_describes(self, simulator):
        steps, found = look(org_of(simulator))

        assert steps["Sign in"].words.startswith("Signed in as user 005")
        assert "are used" in steps["Daily calls"].words
        assert steps["Describe Opportunity"].finding == Finding.PASSED
        assert found.usage is not None

    def test_really_signs_in_each_time(self, simulator):
        before = simulator.stats()["calls"].get("login", 0)

        look(org_of(simulator))
        look(org_of(simulator))

        assert simulator.stats()["calls"]["login"] == before + 2

    def test_names_an_object_that_the_user_may_not_see_and_what_helps(self, simulator):
        steps, found = look(org_of(simulator), "Opportunity", "Nothing_Like_It__c")

        assert steps["Describe Nothing_Like_It__c"].finding == Finding.FAILED
        assert "permission set" in steps["Describe Nothing_Like_It__c"].remedy
        assert found.finding == Finding.FAILED

    def test_says_of_a_wrong_secret_what_to_do_and_tries_nothing_more(self, simulator):
        steps, found = look(org_of(simulator, secret="another-secret"))

        assert steps["Sign in"].finding == Finding.FAILED
        assert "consumer secret" in steps["Sign in"].remedy
        assert steps["Describe Opportunity"].finding == Finding.SKIPPED
        assert "another-secret" not in str(found)

    def test_says_of_an_address_where_nobody_answers_what_to_check(self, simulator):
        steps, _ = look(org_of(simulator, base_url="http://127.0.0.1:9"))

        assert "address is right" in steps["Sign in"].remedy

    def test_takes_no_longer_than_a_person_waits(self, simulator):
        simulator.fault("latency", milliseconds=5000, times=3)
        began = time.monotonic()

        _, found = look(org_of(simulator), seconds=0.5)

        assert time.monotonic() - began < 3
        assert found.finding == Finding.FAILED


class TestNewestRecord:
    def test_is_a_real_one_with_what_was_asked_for(self, simulator):
        row = examiner_for(org_of(simulator), seconds=10.0).newest_record(
            "Opportunity", ["NextStep"]
        )

        assert row["Id"].startswith("006")
        assert row["NextStep"] == "Wait"

    def test_is_none_where_there_is_none(self, simulator):
        assert examiner_for(org_of(simulator), seconds=10.0).newest_record("Lead", []) is None

    def test_refuses_names_that_are_no_names(self, simulator):
        with pytest.raises(ConnectorError):
            examiner_for(org_of(simulator), seconds=10.0).newest_record("Lead WHERE 1=1", [])


class TestRemedies:
    def test_go_by_the_words_before_the_code(self):
        error = ConnectorError(
            "x refused the sign-in: invalid_grant no client credentials user enabled",
            crm_code="invalid_grant",
        )
        assert "integration user it runs as" in remedy_for(error)

    def test_say_something_about_every_class(self):
        assert "firewall" in remedy_for(Transient("no answer"))
        assert remedy_for(ConnectorError("odd")) == ANYTHING
