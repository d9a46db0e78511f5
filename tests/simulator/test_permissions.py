"""What a user may not see is not there for them; what they may not write is refused."""

from typing import Any

import pytest

from tests.simulator.conftest import Api, error_of


def give(api: Api, **rules: Any) -> None:
    api.control("POST", "permissions", {"user": "integration", **rules})


def described(api: Api) -> set[str]:
    return {one["name"] for one in api.get("sobjects/Account/describe").json()["fields"]}


class TestHiddenFields:
    @pytest.fixture(autouse=True)
    def hidden(self, api: Api):
        give(api, fields={"Account": {"AnnualRevenue": "none", "Phone": "read"}})

    def test_are_in_no_row_and_no_description(self, api: Api):
        assert "AnnualRevenue" not in api.record("Account", "acme")
        assert "AnnualRevenue" not in described(api)
        assert "Phone" in described(api)

    def test_cannot_be_asked_for(self, api: Api):
        path = f"sobjects/Account/{api.ids['acme']}?fields=AnnualRevenue"
        query = api.get("query", params={"q": "SELECT AnnualRevenue FROM Account"})
        parent = api.get("query", params={"q": "SELECT Account.AnnualRevenue FROM Contact"})
        many = {"ids": [api.ids["acme"]], "fields": ["AnnualRevenue"]}

        assert error_of(api.get(path)) == (400, "INVALID_FIELD")
        assert error_of(query) == (400, "INVALID_FIELD")
        assert error_of(parent) == (400, "INVALID_FIELD")
        assert error_of(api.post("composite/sobjects/Account", many)) == (400, "INVALID_FIELD")

    def test_cannot_be_written(self, api: Api):
        answer = api.patch(f"sobjects/Account/{api.ids['acme']}", {"AnnualRevenue": 1})
        assert error_of(answer) == (400, "INVALID_FIELD")

    def test_that_are_read_only_are_named_when_written(self, api: Api):
        answer = api.patch(f"sobjects/Account/{api.ids['acme']}", {"Phone": "1"})

        assert error_of(answer) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
        assert answer.json()[0]["fields"] == ["Phone"]

    def test_keep_what_they_hold_when_others_are_written(self, api: Api):
        api.control("POST", "edit", {"id": "acme", "fields": {"AnnualRevenue": 5}})

        api.patch(f"sobjects/Account/{api.ids['acme']}", {"Industry": "Banking"})
        give(api)

        assert api.record("Account", "acme")["AnnualRevenue"] == 5.0

    def test_get_their_defaults_in_new_records(self, api: Api):
        give(api, fields={"Task": {"Priority": "none"}})

        task = api.create("Task", Subject="Call")
        give(api)

        assert api.record("Task", task)["Priority"] == "Normal"

    def test_are_hidden_from_that_user_only(self, api: Api):
        answer = api.control("POST", "edit", {"id": "acme", "fields": {"Phone": "1"}})
        assert answer["Phone"] == "1"


class TestObjects:
    @pytest.mark.parametrize("status", [400, 403])
    def test_that_may_only_be_read_refuse_everything_else(self, api: Api, status):
        api.control("POST", "switches", {"access_status": status})
        give(api, objects={"Account": ["read"]})
        path = f"sobjects/Account/{api.ids['acme']}"
        refused = (status, "INSUFFICIENT_ACCESS_OR_READONLY")

        assert error_of(api.post("sobjects/Account", {"Name": "New"})) == refused
        assert error_of(api.patch(path, {"Industry": "Banking"})) == refused
        assert error_of(api.delete(path)) == refused
        shown = api.get("sobjects/Account/describe").json()
        assert not any(shown[name] for name in ("createable", "updateable", "deletable"))

    def test_that_may_not_be_read_are_not_there(self, api: Api):
        give(api, objects={"Contact": []})

        names = [one["name"] for one in api.get("sobjects").json()["sobjects"]]
        query = api.get("query", params={"q": "SELECT Id FROM Contact"})
        assert "Contact" not in names
        assert api.get("sobjects/Contact/describe").status_code == 404
        assert error_of(query) == (400, "INVALID_TYPE")

    def test_that_may_not_be_read_cannot_be_pointed_at(self, api: Api):
        give(api, objects={"Account": []})

        answer = api.post("sobjects/Contact", {"LastName": "L", "AccountId": api.ids["acme"]})

        assert error_of(answer) == (400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")

    def test_fail_their_rows_of_a_collection(self, api: Api):
        give(api, objects={"Account": ["read"]})
        record = {"attributes": {"type": "Account"}, "Name": "New"}

        (row,) = api.post("composite/sobjects", {"records": [record]}).json()

        assert row["errors"][0]["statusCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"


class TestRules:
    @pytest.mark.parametrize(
        "rules",
        [
            {"user": "nobody"},
            {"user": "integration", "objects": {"Nothing": []}},
            {"user": "integration", "objects": {"Account": ["fly"]}},
            {"user": "integration", "fields": {"Account": {"Nothing": "none"}}},
            {"user": "integration", "fields": {"Account": {"Phone": "maybe"}}},
            {"user": "integration", "wings": True},
        ],
    )
    def test_that_are_not_understood_change_nothing(self, api: Api, rules):
        assert api.client.post("/__sim__/permissions", json=rules).status_code == 400
        assert api.control("GET", "permissions") == {}

    def test_are_gone_after_a_reset(self, api: Api):
        give(api, objects={"Account": []})
        api.control("POST", "reset")
        assert api.control("GET", "permissions") == {}
