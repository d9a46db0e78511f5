"""jsforce queries, pages, composes, meets limits and tries again."""

from typing import Any

import pytest

from tests.simulated_org import SimulatedOrg
from tests.simulator.fidelity.jsforce import Jsforce, JsforceError

V = "/services/data/v64.0"


class TestQuery:
    def test_pages_through_everything(self, js: Jsforce, org: SimulatedOrg):
        org.seed(*({"object": "Account", "fields": {"Name": f"A {n:03d}"}} for n in range(450)))
        soql = "SELECT Name FROM Account ORDER BY Name"
        small = {"headers": {"Sforce-Query-Options": "batchSize=200"}}

        first = js.do("query", soql=soql, options=small)
        second = js.do("queryMore", url=first["nextRecordsUrl"])
        whole = js.do("queryAll", soql=soql, batchSize=200)

        assert (first["totalSize"], first["done"], len(first["records"])) == (450, False, 200)
        assert second["records"][0]["Name"] == "A 200"
        assert [one["Name"] for one in whole["records"]] == [f"A {n:03d}" for n in range(450)]
        assert whole["done"] is True

    def test_that_the_client_wrote_itself_is_understood(self, js: Jsforce, org: SimulatedOrg):
        for name, size in (("O'Hara & Sons", 10), ("Ostermark", 500), ("Palisade", None)):
            org.add("Account", Name=name, NumberOfEmployees=size, Industry="Energy")

        found = js.do(
            "find",
            object="Account",
            conditions={
                "$or": [{"Name": {"$like": "O%"}}, {"NumberOfEmployees": None}],
                "Industry": {"$in": ["Energy", "Retail"]},
            },
            fields=["Id", "Name", "Owner.Name"],
            sort={"Name": -1},
        )
        exact = js.do("find", object="Account", conditions={"Name": "O'Hara & Sons"}, fields=["Id"])
        rest = js.do(
            "find",
            object="Account",
            conditions={"NumberOfEmployees": {"$lt": 500}},
            fields=["Name"],
            limit=5,
        )

        assert [one["Name"] for one in found["records"]] == [
            "Palisade",
            "Ostermark",
            "O'Hara & Sons",
        ]
        assert all(one["Owner"]["Name"] for one in found["records"])
        assert len(exact["records"]) == 1, exact["soql"]
        assert [one["Name"] for one in rest["records"]] == ["O'Hara & Sons"]

    def test_brings_children_inside_their_parents(self, js: Jsforce, org: SimulatedOrg):
        account = org.add("Account", Name="Ostermark")
        org.add("Contact", LastName="Reyes", AccountId=account)
        org.add("Account", Name="Palisade")

        found = js.do(
            "include",
            object="Account",
            conditions={"Name": {"$ne": None}},
            children="Contacts",
            childFields=["LastName"],
        )

        children = {one["Name"]: one["Contacts"] for one in found}
        assert children["Ostermark"]["records"][0]["LastName"] == "Reyes"
        assert children["Palisade"] is None

    def test_adds_up(self, js: Jsforce, org: SimulatedOrg):
        for stage, amount in (("Proposal", 10), ("Proposal", 30), ("Negotiation", 5)):
            org.add("Opportunity", Name="D", StageName=stage, Amount=amount, CloseDate="2026-12-01")

        found = js.do(
            "query",
            soql="SELECT StageName, SUM(Amount) total FROM Opportunity GROUP BY StageName "
            "ORDER BY SUM(Amount) DESC",
        )

        assert [(one["StageName"], one["total"]) for one in found["records"]] == [
            ("Proposal", 40),
            ("Negotiation", 5),
        ]
        assert found["records"][0]["attributes"]["type"] == "AggregateResult"

    def test_finds_the_recycle_bin_only_when_it_scans_all(self, js: Jsforce, org: SimulatedOrg):
        account = org.add("Account", Name="Ostermark")
        org.delete(account)
        soql = "SELECT Id, IsDeleted FROM Account"

        assert js.do("query", soql=soql)["records"] == []
        (found,) = js.do("query", soql=soql, options={"scanAll": True})["records"]
        assert found["IsDeleted"] is True

    @pytest.mark.parametrize(
        ("soql", "code"),
        [
            ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
            ("SELECT Nmae FROM Account", "INVALID_FIELD"),
            ("SELECT Id FROM Akkount", "INVALID_TYPE"),
            ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
        ],
    )
    def test_that_is_wrong_says_how(self, js: Jsforce, soql: str, code: str):
        with pytest.raises(JsforceError) as caught:
            js.do("query", soql=soql)
        assert caught.value.code == code

    def test_refuses_a_locator_it_did_not_give_out(self, js: Jsforce):
        with pytest.raises(JsforceError) as caught:
            js.do("queryMore", url=f"{V}/query/01gSm0000000000AAA-200")
        assert caught.value.code == "INVALID_QUERY_LOCATOR"


def part(method: str, url: str, name: str, **more: Any) -> dict[str, Any]:
    return {"method": method, "url": f"{V}/{url}", "referenceId": name, **more}


class TestComposite:
    def test_passes_ids_from_one_part_to_the_next(self, js: Jsforce):
        body = {
            "allOrNone": True,
            "compositeRequest": [
                part("POST", "sobjects/Account", "acc", body={"Name": "Ostermark"}),
                part(
                    "POST",
                    "sobjects/Contact",
                    "con",
                    body={"LastName": "Reyes", "AccountId": "@{acc.id}"},
                ),
                part("GET", "sobjects/Contact/@{con.id}?fields=AccountId", "back"),
                part("GET", "query/?q=SELECT+Id+FROM+Contact+WHERE+LastName='Reyes'", "all"),
            ],
        }

        account, contact, back, found = js.do("composite", body=body)["compositeResponse"]

        assert [account["httpStatusCode"], contact["httpStatusCode"]] == [201, 201]
        assert back["body"]["AccountId"] == account["body"]["id"]
        assert found["body"]["totalSize"] == 1
        assert account["httpHeaders"]["Location"].endswith(account["body"]["id"])

    def test_undoes_everything_when_one_part_fails(self, js: Jsforce, org: SimulatedOrg):
        body = {
            "allOrNone": True,
            "compositeRequest": [
                part("POST", "sobjects/Account", "a", body={"Name": "Ostermark"}),
                part("POST", "sobjects/Contact", "b", body={"FirstName": "Ana"}),
            ],
        }

        first, second = js.do("composite", body=body)["compositeResponse"]

        assert first["httpStatusCode"] == 400
        assert first["body"][0]["errorCode"] == "PROCESSING_HALTED"
        assert second["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
        assert org.stats()["records"]["Account"] == 0

    def test_guards_a_part_by_the_date_it_was_read(self, js: Jsforce, org: SimulatedOrg):
        account = org.add("Account", Name="Ostermark")
        guard = {"If-Unmodified-Since": "Tue, 10 Aug 2021 00:00:00 GMT"}
        body = {
            "compositeRequest": [
                part(
                    "PATCH",
                    f"sobjects/Account/{account}",
                    "a",
                    body={"Rating": "Hot"},
                    httpHeaders=guard,
                ),
                part("PATCH", f"sobjects/Account/{account}", "b", body={"Rating": "Cold"}),
            ],
        }

        guarded, free = js.do("composite", body=body)["compositeResponse"]

        assert guarded["httpStatusCode"] == 412
        assert free["httpStatusCode"] == 204
        assert free["body"] is None
        assert org.record("Account", account)["Rating"] == "Cold"

    def test_takes_twenty_five_parts_and_no_more(self, js: Jsforce):
        parts = [
            part("POST", "sobjects/Account", f"a{n}", body={"Name": f"A {n}"}) for n in range(26)
        ]

        found = js.do("composite", body={"compositeRequest": parts[:25]})
        with pytest.raises(JsforceError):
            js.do("composite", body={"compositeRequest": parts})

        assert {one["httpStatusCode"] for one in found["compositeResponse"]} == {201}


class TestBatch:
    def test_does_each_part_for_itself(self, js: Jsforce, org: SimulatedOrg):
        body = {
            "batchRequests": [
                {"method": "POST", "url": "v64.0/sobjects/Account", "richInput": {"Name": "A"}},
                {"method": "POST", "url": "v64.0/sobjects/Account", "richInput": {}},
                {"method": "GET", "url": "v64.0/query?q=SELECT+Name+FROM+Account"},
            ]
        }

        found = js.do("batch", body=body)

        assert found["hasErrors"] is True
        assert [one["statusCode"] for one in found["results"]] == [201, 400, 200]
        assert found["results"][1]["result"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
        assert found["results"][2]["result"]["records"][0]["Name"] == "A"
        assert org.stats()["records"]["Account"] == 1


class TestLimits:
    def test_are_told_with_every_answer(self, js: Jsforce):
        found = js.do("limits")

        usage = found["limitInfo"]["apiUsage"]
        assert usage["limit"] == found["limits"]["DailyApiRequests"]["Max"]
        assert usage["used"] >= 1

    def test_stop_the_client_when_they_are_used_up(self, js: Jsforce, org: SimulatedOrg):
        org.fault("limit_total")

        with pytest.raises(JsforceError) as caught:
            js.do("query", soql="SELECT Id FROM Account")
        assert caught.value.code == "REQUEST_LIMIT_EXCEEDED"


class TestRetries:
    def test_repeat_a_read_that_was_unavailable(self, js: Jsforce, org: SimulatedOrg):
        account = org.add("Account", Name="Ostermark")
        org.fault("unavailable", times=2)

        assert js.do("retrieve", object="Account", ids=account)["Name"] == "Ostermark"

    def test_do_not_repeat_a_write(self, js: Jsforce, org: SimulatedOrg):
        org.fault("unavailable")

        with pytest.raises(JsforceError):
            js.do("create", object="Account", records={"Name": "Ostermark"})
        assert org.stats()["records"]["Account"] == 0

    def test_leave_a_locked_row_to_the_caller(self, js: Jsforce, org: SimulatedOrg):
        account = org.add("Account", Name="Ostermark")
        org.fault("lock_row", record_id=account)
        change = {"Id": account, "Rating": "Hot"}

        with pytest.raises(JsforceError) as caught:
            js.do("update", object="Account", records=change)
        again = js.do("update", object="Account", records=change)

        assert caught.value.code == "UNABLE_TO_LOCK_ROW"
        assert again["success"] is True
