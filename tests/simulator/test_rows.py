"""`/sobjects/<Object>/<id>`."""

import pytest

from tests.simulator.conftest import BASE, Api, error_of


class TestCreate:
    def test_answers_201_with_a_lower_case_id(self, api: Api):
        answer = api.post("sobjects/Account", {"Name": "New"})

        body = answer.json()
        assert answer.status_code == 201
        assert body == {"id": body["id"], "success": True, "errors": []}
        assert answer.headers["Location"] == f"{BASE}/sobjects/Account/{body['id']}"
        assert len(body["id"]) == 18

    def test_names_every_missing_field(self, api: Api):
        answer = api.post("sobjects/Opportunity", {"Name": "x"})

        assert answer.status_code == 400
        assert answer.json() == [
            {
                "message": "Required fields are missing: [StageName, CloseDate]",
                "errorCode": "REQUIRED_FIELD_MISSING",
                "fields": ["StageName", "CloseDate"],
            }
        ]

    def test_refuses_an_id_in_the_body(self, api: Api):
        answer = api.post("sobjects/Account", {"Name": "x", "Id": api.ids["acme"]})

        assert error_of(answer) == (400, "INVALID_FIELD")
        assert "Id field should not be specified" in answer.json()[0]["message"]

    def test_stamps_creator_owner_and_dates(self, api: Api):
        record = api.record("Account", api.create("Account", Name="New"))

        integration = api.control("GET", "keys")["ids"]["integration"]
        assert record["CreatedById"] == record["LastModifiedById"] == integration
        assert record["OwnerId"] == integration
        assert record["CreatedDate"] == record["SystemModstamp"] == "2026-11-21T12:01:00.000+0000"

    def test_finds_a_parent_by_its_external_id(self, api: Api):
        parent = api.create("Account", Name="P", Countersign_Id__c="p-1")

        child = api.create("Contact", LastName="C", Account={"Countersign_Id__c": "p-1"})

        assert api.record("Contact", child)["AccountId"] == parent

    def test_says_that_a_parent_is_unknown_by_that_external_id(self, api: Api):
        body = {"LastName": "C", "Account": {"Countersign_Id__c": "nobody"}}

        assert error_of(api.post("sobjects/Contact", body)) == (400, "INVALID_FIELD")

    @pytest.mark.parametrize(
        "body",
        [
            b'{"Name": ', b"[]", b'"text"', b"", b'{"Name": NaN}', b"\xff", b"[" * 100_000,
            b'{"Name": "half a character: \\ud83d"}', b'{"AnnualRevenue": 1e999, "Name": "x"}',
        ],
    )  # fmt: skip
    def test_refuses_a_body_that_cannot_be_read(self, api: Api, body):
        answer = api.call("POST", "sobjects/Account", content=body)

        assert error_of(answer) == (400, "JSON_PARSER_ERROR")
        assert api.create("Account", Name="still works \U0001f600")

    def test_refuses_an_unknown_object(self, api: Api):
        assert error_of(api.post("sobjects/Nothing__c", {})) == (404, "NOT_FOUND")


class TestRead:
    def test_returns_attributes_and_every_field(self, api: Api):
        record = api.record("Account", "acme")

        assert record["attributes"] == {
            "type": "Account",
            "url": f"{BASE}/sobjects/Account/{api.ids['acme']}",
        }
        assert record["Industry"] is None

    @pytest.mark.parametrize("slash", ["", "/"])
    def test_takes_names_in_any_case_and_both_slash_styles(self, api: Api, slash):
        answer = api.get(f"sobjects/aCCount/{api.ids['acme']}{slash}")

        assert answer.json()["Name"] == "Acme"

    def test_takes_ids_of_15_characters(self, api: Api):
        assert api.get(f"sobjects/Account/{api.ids['acme'][:15]}").json()["Id"] == api.ids["acme"]

    def test_returns_the_fields_asked_for_and_the_id(self, api: Api):
        answer = api.get(f"sobjects/Account/{api.ids['acme']}", params={"fields": "name,Industry"})

        assert set(answer.json()) == {"attributes", "Name", "Industry", "Id"}

    def test_refuses_a_field_that_does_not_exist(self, api: Api):
        answer = api.get(f"sobjects/Account/{api.ids['acme']}", params={"fields": "Foo__c"})

        assert error_of(answer) == (400, "INVALID_FIELD")
        assert answer.json()[0]["message"] == "No such column 'Foo__c' on sobject of type Account"

    def test_says_404_for_an_id_that_no_record_has(self, api: Api):
        answer = api.get("sobjects/Account/001000000000000AAA")

        assert answer.status_code == 404
        assert answer.json() == [
            {"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}
        ]

    @pytest.mark.parametrize("text", ["006Sm0000000001IAA", "nonsense", "..%2Flimits"])
    def test_says_400_for_text_that_is_no_id_of_this_object(self, api: Api, text):
        answer = api.get(f"sobjects/Account/{text}")

        assert error_of(answer) == (400, "MALFORMED_ID")
        assert answer.json()[0]["fields"] == ["Id"]

    def test_gives_an_etag_for_accounts_only(self, api: Api):
        account = api.get(f"sobjects/Account/{api.ids['acme']}")
        deal = api.get(f"sobjects/Opportunity/{api.ids['deal']}")

        assert account.headers["ETag"].endswith('--gzip"')
        assert "ETag" not in deal.headers

    def test_answers_head_without_a_body(self, api: Api):
        answer = api.call("HEAD", f"sobjects/Account/{api.ids['acme']}")

        assert (answer.status_code, answer.content) == (200, b"")


class TestPatch:
    def test_answers_204_and_changes_only_what_is_given(self, api: Api):
        answer = api.patch(f"sobjects/Account/{api.ids['acme']}", {"industry": "Banking"})

        record = api.record("Account", "acme")
        assert (answer.status_code, answer.content) == (204, b"")
        assert (record["Industry"], record["Name"]) == ("Banking", "Acme")
        assert record["LastModifiedDate"] == "2026-11-21T12:01:00.000+0000"
        assert record["CreatedDate"] == "2026-11-21T12:00:00.000+0000"

    def test_carries_the_etag_of_the_new_account(self, api: Api):
        answer = api.patch(f"sobjects/Account/{api.ids['acme']}", {"Industry": "Banking"})

        now = api.get(f"sobjects/Account/{api.ids['acme']}").headers["ETag"]
        assert answer.headers["ETag"] == now

    def test_without_fields_still_counts_as_a_change(self, api: Api):
        assert api.patch(f"sobjects/Opportunity/{api.ids['deal']}", {}).status_code == 204

        assert api.record("Opportunity", "deal")["LastModifiedDate"].startswith("2026-11-21T12:01")

    def test_refuses_fields_that_only_the_org_writes(self, api: Api):
        answer = api.patch(
            f"sobjects/Opportunity/{api.ids['deal']}", {"IsWon": True, "ExpectedRevenue": 1}
        )

        assert error_of(answer) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
        assert answer.json()[0]["fields"] == ["IsWon", "ExpectedRevenue"]

    def test_without_an_id_is_not_allowed(self, api: Api):
        answer = api.patch("sobjects/Account/", {"Name": "x"})

        assert error_of(answer) == (405, "METHOD_NOT_ALLOWED")
        assert answer.json()[0]["message"] == (
            "HTTP Method 'PATCH' not allowed. Allowed are HEAD,GET,POST"
        )

    def test_may_be_written_as_a_post(self, api: Api):
        answer = api.post(
            f"sobjects/Account/{api.ids['acme']}?_HttpMethod=PATCH", {"Name": "Renamed"}
        )

        assert answer.status_code == 204
        assert api.record("Account", "acme")["Name"] == "Renamed"


class TestDelete:
    def test_answers_204_and_hides_the_record(self, api: Api):
        path = f"sobjects/Contact/{api.ids['anna']}"

        assert api.delete(path).status_code == 204

        assert error_of(api.get(path)) == (404, "ENTITY_IS_DELETED")
        assert error_of(api.patch(path, {"LastName": "x"})) == (404, "ENTITY_IS_DELETED")
        assert error_of(api.delete(path)) == (404, "ENTITY_IS_DELETED")

    def test_takes_children_along_and_undelete_brings_them_back(self, api: Api):
        api.delete(f"sobjects/Account/{api.ids['acme']}")
        assert api.query("SELECT Id FROM Contact") == []

        api.control("POST", "undelete", {"id": api.ids["acme"]})

        assert [row["Id"] for row in api.query("SELECT Id FROM Contact")] == [api.ids["anna"]]


class TestOverview:
    def test_lists_what_changed_and_what_was_deleted_in_a_period(self, api: Api):
        period = {"start": "2026-11-21T12:00:30Z", "end": "2026-11-21T13:00:00Z"}
        api.patch(f"sobjects/Account/{api.ids['acme']}", {"Industry": "Banking"})
        api.delete(f"sobjects/Account/{api.ids['globex']}")

        updated = api.get("sobjects/Account/updated/", params=period).json()
        deleted = api.get("sobjects/Account/deleted", params=period).json()

        assert updated["ids"] == [api.ids["acme"]]
        assert [one["id"] for one in deleted["deletedRecords"]] == [api.ids["globex"]]

    def test_shows_recent_items_with_the_description(self, api: Api):
        body = api.get("sobjects/Account").json()

        assert body["objectDescribe"]["keyPrefix"] == "001"
        assert {item["Name"] for item in body["recentItems"]} == {"Acme", "Globex"}
