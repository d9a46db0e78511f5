# ruff: noqa: S608 - the queries are SOQL over rows in memory; nothing speaks SQL here
from typing import Any

import pytest

from orchestrator.simulator.soql import SoqlError
from tests.simulator.soql.org import ADA, BEN, DEAL, EAST, NORTH, ask, names, sf_id

V = "/services/data/v64.0/sobjects"


class TestSelect:
    def test_answers_records_with_attributes_and_canonical_names(self):
        found = ask("select id, NAME from ACCOUNT where name = 'northwind metering'")

        assert found.total_size == 1
        assert found.records == [
            {
                "attributes": {"type": "Account", "url": f"{V}/Account/{NORTH}"},
                "Id": NORTH,
                "Name": "Northwind Metering",
            }
        ]

    def test_takes_the_version_of_the_request_into_the_url(self):
        found = ask("SELECT Id FROM Account LIMIT 1", path_prefix="/services/data/v59.0")

        assert found.records[0]["attributes"]["url"].startswith("/services/data/v59.0/sobjects/")

    def test_keeps_the_order_of_the_select_list(self):
        (record,) = ask("SELECT Name, Id, Industry FROM Account LIMIT 1").records

        assert list(record) == ["attributes", "Name", "Id", "Industry"]

    def test_writes_moments_as_the_api_does_whatever_they_are_stored_as(self):
        assert names("SELECT CreatedDate FROM Account", "CreatedDate") == [
            "2026-03-18T00:00:00.000+0000",
            "2026-03-17T23:59:59.000+0000",
            "2025-12-31T22:00:00.000+0000",
        ]
        assert names("SELECT CloseDate FROM Opportunity", "CloseDate") == [
            "2026-03-31",
            "2026-01-15",
            "2026-04-01",
        ]

    def test_nests_parents_in_parents(self):
        (record,) = ask(
            f"SELECT Account.Owner.Manager.Name, Account.Name FROM Opportunity WHERE Id = '{DEAL}'"
        ).records

        assert record["Account"] == {
            "attributes": {"type": "Account", "url": f"{V}/Account/{NORTH}"},
            "Owner": {
                "attributes": {"type": "User", "url": f"{V}/User/{ADA}"},
                "Manager": {
                    "attributes": {"type": "User", "url": f"{V}/User/{BEN}"},
                    "Name": "Ben Ito",
                },
            },
            "Name": "Northwind Metering",
        }

    def test_answers_null_for_a_parent_that_is_not_there(self):
        assert names("SELECT Account.Name FROM Contact WHERE LastName = 'Lund'", "Account") == [
            None
        ]

    def test_reads_parents_of_several_types(self):
        records = ask("SELECT What.Name, What.Type FROM Task ORDER BY Subject").records

        assert [(r["What"]["Name"], r["What"]["Type"]) for r in records] == [
            ("Deal", "Opportunity"),
            ("Northwind Metering", "Account"),
        ]
        assert records[0]["What"]["attributes"]["type"] == "Name"

    def test_lets_the_object_or_its_alias_stand_before_a_field(self):
        assert names("SELECT a.Name FROM Account a WHERE Account.Industry = 'Energy'") == [
            "Northwind Metering"
        ]

    def test_hides_the_recycle_bin_unless_it_is_asked_for(self):
        text = "SELECT Name FROM Account WHERE Industry = 'Energy'"

        assert names(text) == ["Northwind Metering"]
        assert names(text, include_deleted=True) == ["Northwind Metering", "Goneby"]

    @pytest.mark.parametrize(
        "condition", ["Id = '{}'", "Id IN ('{}', '{}')", "id='{}' AND Name!=''"]
    )
    def test_finds_a_record_by_its_short_id_too(self, condition: str):
        condition = condition.replace("{}", NORTH[:15])

        assert names(f"SELECT Id FROM Account WHERE {condition}", "Id") == [NORTH]

    def test_hides_a_deleted_record_from_a_query_by_id(self):
        text = f"SELECT Name FROM Account WHERE Id = '{sf_id('001', 4)}'"

        assert names(text) == []
        assert names(text, include_deleted=True) == ["Goneby"]


class TestFieldGroups:
    def test_all_is_every_field_of_the_object(self):
        (record,) = ask("SELECT FIELDS(ALL) FROM Opportunity LIMIT 1").records

        assert set(record) == {
            "attributes", "Id", "Name", "IsDeleted", "StageName", "Amount", "CloseDate", "IsWon",
            "AccountId",
        }  # fmt: skip

    def test_custom_and_standard_part_the_fields(self):
        (custom,) = ask("SELECT Id, FIELDS(custom) FROM Account LIMIT 1").records
        (standard,) = ask("SELECT FIELDS(STANDARD) FROM Account WHERE Name LIKE 'n%'").records

        assert set(custom) == {"attributes", "Id", "Regions__c", "Tier__c"}
        assert "Tier__c" not in standard
        assert standard["Industry"] == "Energy"

    @pytest.mark.parametrize("tail", ["", "LIMIT 201", "WHERE Name = 'x'"])
    def test_all_needs_a_bound(self, tail: str):
        with pytest.raises(SoqlError, match="must have a LIMIT of at most 200") as caught:
            ask(f"SELECT FIELDS(ALL) FROM Account {tail}")
        assert caught.value.error_code == "MALFORMED_QUERY"

    def test_a_list_of_ids_is_a_bound(self):
        found = ask(f"SELECT FIELDS(ALL) FROM Account WHERE Id IN ('{NORTH}', '{EAST}')")

        assert found.total_size == 2

    def test_refuses_a_group_without_fields(self):
        with pytest.raises(SoqlError, match="no field of Opportunity"):
            ask("SELECT FIELDS(CUSTOM) FROM Opportunity LIMIT 1")


class TestChildSubqueries:
    def test_nest_the_children_of_each_record(self):
        records = ask(
            "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account"
        ).records

        assert records[0]["Contacts"] == {
            "totalSize": 2,
            "done": True,
            "records": [
                {
                    "attributes": {"type": "Contact", "url": f"{V}/Contact/{sf_id('003', 2)}"},
                    "LastName": "Okafor",
                },
                {
                    "attributes": {"type": "Contact", "url": f"{V}/Contact/{sf_id('003', 1)}"},
                    "LastName": "Reyes",
                },
            ],
        }
        assert records[1]["Contacts"] is None

    def test_apply_their_limit_to_each_parent(self):
        records = ask(
            "SELECT Id, (SELECT Id FROM Opportunities WHERE Amount != null LIMIT 1) FROM Account"
        ).records

        sizes = [r["Opportunities"] and r["Opportunities"]["totalSize"] for r in records]
        assert sizes == [1, None, None]

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("SELECT Id, (SELECT Id FROM Quotes) FROM Account", "relationship 'Quotes'"),
            ("SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account", "no aggregates"),
            ("SELECT Id, (SELECT Id, (SELECT Id FROM X) FROM Contacts) FROM Account", "one level"),
        ],
    )
    def test_refuse_what_is_no_child(self, text: str, complaint: str):
        with pytest.raises(SoqlError, match=complaint):
            ask(text)


class TestOrderAndLimits:
    @pytest.mark.parametrize(
        ("clause", "expected"),
        [
            ("Amount", [None, 50.0, 100.0]),
            ("Amount DESC", [None, 100.0, 50.0]),
            ("Amount ASC NULLS LAST", [50.0, 100.0, None]),
            ("Amount DESC NULLS LAST", [100.0, 50.0, None]),
            ("StageName DESC, Amount DESC NULLS LAST", [100.0, 50.0, None]),
            ("Account.Name DESC, Amount", [None, 50.0, 100.0]),
        ],
    )
    def test_orders_with_nulls_where_they_are_wanted(self, clause: str, expected: list[Any]):
        assert names(f"SELECT Amount FROM Opportunity ORDER BY {clause}", "Amount") == expected

    def test_orders_text_without_regard_to_case(self):
        assert names("SELECT Name FROM Account ORDER BY Name") == [
            "Eastmark O'Dell",
            "Northwind Metering",
            "southgate labs",
        ]

    def test_takes_the_page_after_the_offset(self):
        assert names("SELECT Name FROM Account ORDER BY Name LIMIT 1 OFFSET 2") == [
            "southgate labs"
        ]
        assert names("SELECT Name FROM Account LIMIT 0") == []
        assert names("SELECT Name FROM Account OFFSET 2000") == []

    def test_refuses_an_offset_over_two_thousand(self):
        with pytest.raises(SoqlError, match="Maximum SOQL offset allowed is 2000") as caught:
            ask("SELECT Id FROM Account OFFSET 2001")
        assert caught.value.error_code == "NUMBER_OUTSIDE_VALID_RANGE"
