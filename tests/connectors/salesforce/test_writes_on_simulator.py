"""Guarded writes to a simulated org."""

import email.utils

import pytest
import requests

from orchestrator.connectors.base import RecordKey, WriteUnit
from orchestrator.connectors.errors import BadBatch, ErrorClass
from orchestrator.connectors.salesforce.connector import SalesforceConnector
from tests.connectors.salesforce.live import (
    connect,
    create,
    delete,
    read,
    seed_deals,
    somebody_edits,
    units,
    update,
)
from tests.connectors.salesforce.test_faults import ROWS
from tests.connectors.systems import fault_class, fault_code


@pytest.fixture
def deal(simulator):
    return seed_deals(simulator, 1)[0]


@pytest.fixture
def connector(simulator, deal):
    return connect(simulator)


def next_step(connector: SalesforceConnector, key: RecordKey) -> object:
    return read(connector, key)[key].values["NextStep"]


class TestCalls:
    def test_writes_25_units_in_one_call(self, simulator):
        keys = seed_deals(simulator, 25)
        connector = connect(simulator)
        found = read(connector, *keys)
        simulator.control("DELETE", "stats")

        results = connector.write(units(*(update(found[key]) for key in keys)))

        assert [result.written for result in results] == [True] * 25
        assert simulator.stats()["calls"] == {"composite": 1}

    def test_refuses_a_26th_before_anything_is_sent(self, simulator):
        keys = seed_deals(simulator, 26)
        connector = connect(simulator)
        found = read(connector, *keys)
        with pytest.raises(BadBatch):
            connector.write(units(*(update(found[key]) for key in keys)))
        assert next_step(connector, keys[0]) == "Wait"


class TestGuard:
    @pytest.mark.parametrize(
        "body",
        ["empty", "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE", "MATCH_PRECONDITION_FAILED",
         "PRECONDITION_FAILED"],
    )  # fmt: skip
    def test_is_a_conflict_whatever_the_body_of_the_412_says(
        self, simulator, connector, deal, body
    ):
        simulator.switch(body_412=body)
        seen = read(connector, deal)[deal]
        somebody_edits(simulator, deal)
        [result] = connector.write(units(update(seen)))
        assert fault_class(result) is ErrorClass.CONFLICT
        assert next_step(connector, deal) == "Theirs"

    def test_lets_a_write_pass_when_only_automation_touched_the_record(
        self, simulator, connector, deal
    ):
        seen = read(connector, deal)[deal]
        simulator.clock(advance=2)
        simulator.touch(deal.record_id)
        [result] = connector.write(units(update(seen)))
        assert result.written

    def test_survives_a_new_sign_in(self, simulator, connector, deal):
        seen = read(connector, deal)[deal]
        somebody_edits(simulator, deal)
        simulator.expire_sessions()

        [result] = connector.write(units(update(seen)))

        assert fault_class(result) is ErrorClass.CONFLICT
        assert next_step(connector, deal) == "Theirs"

    def test_is_the_moment_of_the_read_as_an_http_date(self, simulator, connector, deal):
        seen = read(connector, deal)[deal]
        record = simulator.record("Opportunity", deal.record_id)
        written = email.utils.format_datetime(seen.modified_at, usegmt=True)
        assert written.endswith("GMT")
        assert record["LastModifiedDate"].startswith(seen.modified_at.strftime("%Y-%m-%dT%H:%M:%S"))


class TestDelete:
    def test_removes_a_record_that_is_as_it_was(self, connector, deal):
        seen = read(connector, deal)[deal]
        [result] = connector.write([WriteUnit("cmt_1", [delete(seen)])])
        assert result.written
        assert connector.read({deal: []}) == {deal: None}

    def test_leaves_a_record_that_somebody_changed(self, simulator, connector, deal):
        seen = read(connector, deal)[deal]
        somebody_edits(simulator, deal)
        [result] = connector.write([WriteUnit("cmt_1", [delete(seen)])])
        assert fault_class(result) is ErrorClass.CONFLICT
        assert next_step(connector, deal) == "Theirs"

    def test_is_a_conflict_when_the_record_is_gone_already(self, simulator, connector, deal):
        seen = read(connector, deal)[deal]
        simulator.delete(deal.record_id)
        [result] = connector.write([WriteUnit("cmt_1", [delete(seen)])])
        assert fault_class(result) is ErrorClass.CONFLICT


class TestCreate:
    def test_makes_a_record_that_can_be_found_again(self, connector, deal):
        change = create("Task", "prp_01.0", Subject="Call Acme", WhatId=deal.record_id)
        [result] = connector.write(units(change))
        assert result.written
        assert list(result.created) == [True]
        found = connector.find_by_external_id("Task", "prp_01.0")
        assert found.key.record_id == result.record_ids[0]
        assert found.values["Subject"] == "Call Acme"
        assert found.parent_key == f"Opportunity/{deal.record_id}"

    def test_makes_no_second_record_and_overwrites_nothing(self, simulator, connector, deal):
        change = create("Task", "prp_02.0", Subject="Call Acme")
        [first] = connector.write(units(change))
        simulator.edit(first.record_ids[0], Subject="Called, all well")

        [second] = connector.write(units(change))

        assert fault_class(second) is ErrorClass.CONFLICT
        found = connector.find_by_external_id("Task", "prp_02.0")
        assert found.values["Subject"] == "Called, all well"

    def test_refuses_a_suspected_duplicate(self, simulator, connector, deal):
        simulator.switch(duplicate_rules=True)
        person = {"LastName": "Weber", "Email": "weber@acme.example"}
        [first] = connector.write(units(create("Contact", "prp_03.0", **person)))
        [second] = connector.write(units(create("Contact", "prp_03.1", **person)))
        assert first.written
        assert second.fault.code == "DUPLICATES_DETECTED"
        assert fault_class(second) is ErrorClass.CONFLICT


class TestUnitOfSeveralChanges:
    def test_creates_and_updates_together_or_not_at_all(self, simulator, connector, deal):
        seen = read(connector, deal)[deal]
        broken = create("Task", "prp_04.0", Status="No such status", Subject="x")
        [result] = connector.write([WriteUnit("cmt_1", [update(seen), broken])])
        assert fault_class(result) is ErrorClass.VALIDATION
        assert result.fault.position == 1
        assert next_step(connector, deal) == "Wait"

    def test_is_written_whole(self, connector, deal):
        seen = read(connector, deal)[deal]
        task = create("Task", "prp_05.0", Subject="x")
        [result] = connector.write([WriteUnit("cmt_1", [update(seen), task])])
        assert result.written
        assert list(result.created) == [False, True]


class TestSideEffects:
    def test_does_not_let_assignment_rules_re_own_a_case(self, simulator, connector):
        case = RecordKey("Case", simulator.add("Case", Subject="Broken", Origin="Web"))
        owner = simulator.record("Case", case.record_id)["OwnerId"]
        seen = connector.read({case: ["Subject"]})[case]
        [result] = connector.write(units(update(seen, Subject="Very broken")))
        assert result.written
        assert simulator.record("Case", case.record_id)["OwnerId"] == owner


class TestNumbers:
    @pytest.mark.parametrize(("text", "read_back"), [("1200.50", 1200.5), ("0.10", 0.1)])
    def test_are_written_with_their_digits_and_read_without_rounding(
        self, simulator, connector, deal, text, read_back
    ):
        seen = read(connector, deal)[deal]
        [result] = connector.write(units(update(seen, Amount=text)))
        assert result.written
        assert read(connector, deal, fields=("Amount",))[deal].values == {"Amount": read_back}


class TestFaultsOfOneRecord:
    def test_are_transient_when_the_row_is_locked(self, simulator):
        keys = seed_deals(simulator, 2)
        connector = connect(simulator)
        found = read(connector, *keys)
        simulator.fault("lock_row", record_id=keys[0].record_id)
        first, second = connector.write(units(*(update(found[key]) for key in keys)))
        assert fault_class(first) is ErrorClass.TRANSIENT
        assert fault_code(first) == "UNABLE_TO_LOCK_ROW"
        assert second.written

    @pytest.mark.parametrize(("code", "status", "text", "expected"), [r[:4] for r in ROWS if r[0]])
    def test_are_classed_by_the_table(
        self, simulator, connector, deal, code, status, text, expected
    ):
        seen = read(connector, deal)[deal]
        simulator.fault(
            "error", object="Opportunity", code=code, status=status, message=text or "No."
        )
        [result] = connector.write(units(update(seen)))
        assert fault_class(result) is expected
        assert fault_code(result) == code

    def test_are_the_org_s_own_words(self, connector, deal):
        seen = read(connector, deal)[deal]
        [result] = connector.write(units(update(seen, Amount="-5")))
        assert fault_class(result) is ErrorClass.VALIDATION
        assert fault_code(result) == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        assert result.fault.text


class TestRecordUrl:
    def test_opens_the_record_for_a_person(self, connector, deal):
        page = requests.get(connector.record_url(deal), timeout=10)
        assert page.ok
        assert "Deal 0" in page.text
