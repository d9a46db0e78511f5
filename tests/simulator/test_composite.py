"""`/composite`: order, references, one transaction, guards in the items."""

from typing import Any

import pytest

from tests.simulator.conftest import BASE, Api, error_of

EARLY = "Sat, 21 Nov 2026 11:00:00 GMT"
LATE = "Sat, 21 Nov 2026 13:00:00 GMT"


def item(reference: str, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
    entry = {"referenceId": reference, "method": method, "url": f"{BASE}/{path}", **more}
    return entry if body is None else {**entry, "body": body}


def send(api: Api, *items: dict[str, Any], all_or_none: bool = True, **more: Any) -> Any:
    body = {"allOrNone": all_or_none, "compositeRequest": list(items), **more}
    answer = api.post("composite", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["compositeResponse"]


class TestOrderAndShape:
    def test_shows_status_body_headers_and_reference_of_each(self, api: Api):
        made, changed, read = send(
            api,
            item("made", "POST", "sobjects/Account", {"Name": "New"}),
            item("changed", "PATCH", "sobjects/Account/@{made.id}", {"Industry": "Banking"}),
            item("read", "GET", "sobjects/Account/@{made.id}?fields=Name,Industry"),
            collateSubrequests=False,
        )

        assert made["httpStatusCode"] == 201
        assert made["httpHeaders"]["Location"] == f"{BASE}/sobjects/Account/{made['body']['id']}"
        assert (changed["httpStatusCode"], changed["body"]) == (204, None)
        assert (read["body"]["Name"], read["body"]["Industry"]) == ("New", "Banking")
        assert [made["referenceId"], read["referenceId"]] == ["made", "read"]

    def test_fills_references_into_bodies_and_queries(self, api: Api):
        items = send(
            api,
            item("q", "GET", "query?q=SELECT+Id,+Name+FROM+Account+WHERE+Name='Acme'"),
            item("c", "POST", "sobjects/Contact", {
                "LastName": "Of @{q.records[0].Name}", "AccountId": "@{q.records[0].Id}"}),
            item("r", "GET", "sobjects/Contact/@{c.id}"),
        )  # fmt: skip

        assert items[2]["body"]["LastName"] == "Of Acme"
        assert items[2]["body"]["AccountId"] == api.ids["acme"]

    def test_is_one_api_call(self, api: Api):
        used = api.control("GET", "stats")["api_used"]

        send(api, item("a", "GET", "sobjects/Account/describe"), item("b", "GET", "sobjects"))

        assert api.control("GET", "stats")["api_used"] == used + 1

    def test_upserts_by_external_id(self, api: Api):
        (upserted,) = send(
            api, item("u", "PATCH", "sobjects/Account/Countersign_Id__c/k-1", {"Name": "K"})
        )

        assert (upserted["httpStatusCode"], upserted["body"]["created"]) == (201, True)


class TestAllOrNone:
    def test_undoes_everything_and_halts_the_others(self, api: Api):
        before = api.effects()

        first, second, third = send(
            api,
            item("a", "PATCH", f"sobjects/Account/{api.ids['acme']}", {"Name": "Changed"}),
            item("b", "POST", "sobjects/Contact", {"FirstName": "No last name"}),
            item("c", "POST", "sobjects/Account", {"Name": "Never"}),
        )

        for halted in (first, third):
            assert halted["httpStatusCode"] == 400
            assert halted["httpHeaders"] == {}
            assert halted["body"] == [
                {
                    "message": "The transaction was rolled back since another operation in the "
                    "same transaction failed.",
                    "errorCode": "PROCESSING_HALTED",
                }
            ]
        assert second["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
        assert api.record("Account", "acme")["Name"] == "Acme"
        assert api.effects() == before
        assert api.query("SELECT Id FROM AccountHistory WHERE Field = 'Name'") == []

    def test_undoes_a_replay_by_its_unique_marker(self, api: Api):
        marker = item("m", "POST", "sobjects/Countersign_Commit__c", {"Commit_Id__c": "c-1"})
        add = item("t", "POST", "sobjects/Task", {"Subject": "Call"})
        send(api, marker, add)

        refused, halted = send(api, marker, add)

        assert refused["body"][0]["errorCode"] == "DUPLICATE_VALUE"
        assert halted["body"][0]["errorCode"] == "PROCESSING_HALTED"
        assert len(api.query("SELECT Id FROM Task")) == 1

    def test_shows_rows_of_a_collection_as_done_although_they_were_undone(self, api: Api):
        rows = {"records": [{"attributes": {"type": "Account"}, "Name": "Row"}]}

        collection, failed = send(
            api,
            item("c", "POST", "composite/sobjects", rows),
            item("f", "PATCH", "sobjects/Account/001000000000000AAA", {"Name": "x"}),
        )

        assert collection["httpStatusCode"] == 200
        assert collection["body"][0]["success"] is True
        assert failed["httpStatusCode"] == 404
        assert api.query("SELECT Id FROM Account WHERE Name = 'Row'") == []

    def test_is_undone_by_one_bad_row_of_a_collection(self, api: Api):
        rows = {
            "allOrNone": False,
            "records": [
                {"attributes": {"type": "Account"}, "Name": "Row"},
                {"attributes": {"type": "Account"}},
            ],
        }

        made, collection = send(
            api,
            item("a", "POST", "sobjects/Account", {"Name": "First"}),
            item("c", "POST", "composite/sobjects", rows),
        )

        assert made["body"][0]["errorCode"] == "PROCESSING_HALTED"
        assert [row["success"] for row in collection["body"]] == [True, False]
        assert len(api.query("SELECT Id FROM Account")) == 2

    def test_without_it_each_item_stands_alone(self, api: Api):
        bad, good, dependent = send(
            api,
            item("bad", "POST", "sobjects/Contact", {}),
            item("good", "POST", "sobjects/Account", {"Name": "Good"}),
            item("dependent", "PATCH", "sobjects/Account/@{bad.id}", {"Name": "x"}),
            all_or_none=False,
        )

        assert bad["httpStatusCode"] == 400
        assert good["httpStatusCode"] == 201
        assert dependent["httpStatusCode"] == 400
        assert dependent["body"] == [
            {
                "message": "Invalid reference specified. No value for bad.id found in bad",
                "errorCode": "PROCESSING_HALTED",
            }
        ]
        assert api.record("Account", good["body"]["id"])["Name"] == "Good"


class TestGuards:
    def test_work_in_items_and_undo_the_rest(self, api: Api):
        path = f"sobjects/Opportunity/{api.ids['deal']}"

        made, guarded = send(
            api,
            item("m", "POST", "sobjects/Task", {"Subject": "Call"}),
            item("p", "PATCH", path, {"NextStep": "x"},
                 httpHeaders={"If-Unmodified-Since": EARLY}),
        )  # fmt: skip

        assert (guarded["httpStatusCode"], guarded["body"]) == (412, None)
        assert made["body"][0]["errorCode"] == "PROCESSING_HALTED"
        assert api.query("SELECT Id FROM Task") == []

    def test_of_one_item_do_not_hold_for_another(self, api: Api):
        path = f"sobjects/Opportunity/{api.ids['deal']}"

        statuses = [
            one["httpStatusCode"]
            for one in send(
                api,
                item("p", "PATCH", path, {"NextStep": "x"},
                     httpHeaders={"If-Unmodified-Since": LATE}),
                item("q", "PATCH", f"sobjects/Account/{api.ids['acme']}", {"Industry": "Banking"},
                     httpHeaders={"If-Unmodified-Since": EARLY}),
                item("r", "PATCH", path, {"NextStep": "y"}),
                all_or_none=False,
            )
        ]  # fmt: skip

        assert statuses == [204, 412, 204]

    def test_with_a_bad_date_are_a_400_of_the_item(self, api: Api):
        (answer,) = send(
            api,
            item("p", "PATCH", f"sobjects/Opportunity/{api.ids['deal']}", {"NextStep": "x"},
                 httpHeaders={"If-Unmodified-Since": "now"}),
        )  # fmt: skip

        assert answer["httpStatusCode"] == 400


class TestMalformed:
    @pytest.mark.parametrize(
        "items",
        [
            [],
            [item(f"r{n}", "GET", "sobjects") for n in range(26)],
            [item(f"r{n}", "GET", "query?q=SELECT+Id+FROM+Account") for n in range(6)],
            [item("a", "GET", "sobjects"), item("a", "GET", "sobjects")],
            [item("_a", "GET", "sobjects")],
            [item("a", "get", "sobjects")],
            [{"referenceId": "a", "method": "GET", "url": "/sobjects"}],
            [item("a", "GET", "sobjects", httpHeaders={"Authorization": "Bearer x"})],
            [item("a", "GET", "sobjects", httpHeaders={"If-Match": ["x"]})],
        ],
    )
    def test_is_refused_as_a_whole(self, api: Api, items):
        answer = api.post("composite", {"compositeRequest": items})

        assert error_of(answer)[0] == 400

    def test_does_not_nest(self, api: Api):
        (answer,) = send(
            api, item("a", "POST", "composite", {"compositeRequest": []}), all_or_none=False
        )

        assert answer["body"][0]["errorCode"] == "PROCESSING_HALTED"
