"""From rows to snapshots."""

import datetime as dt
from typing import Any

import pytest

from orchestrator.connectors.base import RecordKey, Snapshot
from orchestrator.connectors.errors import Rejected
from orchestrator.connectors.salesforce.descriptions import read_description
from orchestrator.connectors.salesforce.snapshots import (
    UnknownField,
    fields_to_read,
    read_snapshot,
)
from tests.connectors.salesforce.describes import ACCOUNT, OPPORTUNITY, TASK

OPP_ID, ACC_ID = "006000000000001AAA", "001000000000001AAA"
USER = "005000000000001AAA"


def row(**changes: Any) -> dict[str, Any]:
    return {
        "attributes": {"type": "Opportunity", "url": "/x"},
        "Id": OPP_ID,
        "Name": "Big deal",
        "Amount": 1200.5,
        "AccountId": ACC_ID,
        "LastModifiedDate": "2026-11-18T08:00:07.000+0000",
        "SystemModstamp": "2026-11-18T08:00:09.000+0000",
        "LastModifiedById": USER,
        **changes,
    }


def read(
    description: dict[str, Any] = OPPORTUNITY,
    object_name: str = "Opportunity",
    wanted: tuple[str, ...] = ("Amount",),
    **changes: Any,
) -> Snapshot:
    key = RecordKey(object_name, OPP_ID)
    return read_snapshot(read_description(description), key, row(**changes), wanted)


class TestFieldsToRead:
    def test_adds_what_every_snapshot_is_made_from_once(self):
        fields = fields_to_read(read_description(OPPORTUNITY), [["Amount", "Name"], ["Amount"]])
        assert fields == [
            "Id",
            "LastModifiedDate",
            "SystemModstamp",
            "LastModifiedById",
            "Name",
            "AccountId",
            "Amount",
        ]

    def test_leaves_out_what_the_object_does_not_have(self):
        assert "AccountId" not in fields_to_read(read_description(ACCOUNT), [])

    def test_names_a_field_that_the_object_does_not_have(self):
        with pytest.raises(UnknownField, match="'Ammount'") as caught:
            fields_to_read(read_description(OPPORTUNITY), [["Ammount"]])
        assert caught.value.extra["field"] == "Ammount"
        assert caught.value.extra["object"] == "Opportunity"


class TestReadSnapshot:
    def test_holds_the_wanted_values_and_who_changed_it_when(self):
        snapshot = read()
        assert snapshot.values == {"Amount": 1200.5}
        assert snapshot.label == "Big deal"
        assert snapshot.modified_at == dt.datetime(2026, 11, 18, 8, 0, 7, tzinfo=dt.UTC)
        assert snapshot.modstamp == dt.datetime(2026, 11, 18, 8, 0, 9, tzinfo=dt.UTC)
        assert snapshot.modified_by == USER

    def test_names_the_account_that_is_locked_with_it(self):
        assert read().parent_key == f"Account/{ACC_ID}"

    def test_names_itself_when_it_has_no_parent(self):
        assert read(AccountId=None).parent_key == f"Opportunity/{OPP_ID}"

    def test_tells_from_the_id_which_object_a_reference_to_many_leads_to(self):
        assert read(TASK, "Task", (), WhatId=ACC_ID).parent_key == f"Account/{ACC_ID}"
        assert read(TASK, "Task", (), WhatId="a0B000000000001").parent_key.startswith("Record/a0B")

    def test_gives_an_integer_that_json_readers_would_round_as_text(self):
        assert read(Amount=2**53 + 1).values == {"Amount": "9007199254740993"}

    def test_leaves_the_attributes_of_a_nested_value_out(self):
        snapshot = read(Amount={"attributes": {"type": "x"}, "city": "Bonn"})
        assert snapshot.values == {"Amount": {"city": "Bonn"}}

    def test_falls_back_to_the_date_it_has(self):
        assert read(LastModifiedDate=None).modified_at.second == 9
        assert read(SystemModstamp=None).modstamp.second == 7

    @pytest.mark.parametrize("date", [None, "yesterday", 5, "2026-11-18T08:00:07"])
    def test_refuses_a_record_that_could_not_be_guarded(self, date):
        with pytest.raises(Rejected, match="cannot be guarded"):
            read(LastModifiedDate=date, SystemModstamp=date)

    def test_uses_the_id_as_label_of_a_nameless_record(self):
        assert read(Name=None).label == OPP_ID
