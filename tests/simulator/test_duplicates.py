"""Duplicate rules: after validation, before the save."""

from typing import Any

import pytest

from tests.simulator.conftest import Api, error_of

PERSON = {"LastName": "Weber", "Email": "weber@acme.example"}


@pytest.fixture
def first(api: Api) -> str:
    api.control("POST", "switches", {"duplicate_rules": True})
    return str(api.create("Contact", **PERSON, Title="CFO"))


def again(api: Api, header: str = "", **more: Any) -> Any:
    headers = {"Sforce-Duplicate-Rule-Header": header} if header else {}
    return api.post("sobjects/Contact", {**PERSON, **more}, headers=headers)


def matches(answer: Any) -> Any:
    return answer.json()[0]["duplicateResult"]["matchResults"]


class TestAlert:
    def test_shows_what_the_record_looks_like(self, api: Api, first):
        answer = again(api)

        assert error_of(answer) == (400, "DUPLICATES_DETECTED")
        result = answer.json()[0]["duplicateResult"]
        assert (result["allowSave"], result["duplicateRuleEntityType"]) == (True, "Contact")
        (match,) = result["matchResults"]
        assert (match["size"], match["success"], match["entityType"]) == (1, True, "Contact")
        record = match["matchRecords"][0]["record"]
        assert set(record) == {"attributes", "Id"}
        assert record["Id"] == first

    def test_is_overridden_by_who_insists(self, api: Api, first):
        assert again(api, "allowSave=true").status_code == 201

    def test_shows_the_records_on_request_as_far_as_they_may_be_seen(self, api: Api, first):
        rules = {"user": "integration", "fields": {"Contact": {"Title": "none"}}}
        shown = matches(again(api, "includeRecordDetails=true; allowSave=false"))
        api.control("POST", "permissions", rules)
        hidden = matches(again(api, "includeRecordDetails=true"))

        assert shown[0]["matchRecords"][0]["record"]["Title"] == "CFO"
        assert "Title" not in hidden[0]["matchRecords"][0]["record"]

    def test_finds_a_person_among_leads_too(self, api: Api, first):
        answer = api.post("sobjects/Lead", {**PERSON, "Company": "Acme"})
        assert [one["entityType"] for one in matches(answer)] == ["Contact"]

    def test_looks_at_accounts_by_their_name(self, api: Api, first):
        answer = api.post("sobjects/Account", {"Name": " ACME "})
        assert error_of(answer) == (400, "DUPLICATES_DETECTED")


class TestBlock:
    def test_cannot_be_overridden(self, api: Api, first):
        api.control("POST", "switches", {"duplicate_rule_action": "block"})

        answer = again(api, "allowSave=true")

        assert error_of(answer) == (400, "DUPLICATES_DETECTED")
        assert answer.json()[0]["duplicateResult"]["allowSave"] is False


class TestPlaceInTheSaveOrder:
    def test_is_after_validation(self, api: Api, first):
        answer = again(api, LastName=None)
        assert error_of(answer) == (400, "REQUIRED_FIELD_MISSING")

    def test_is_before_unique_values(self, api: Api, first):
        api.patch(f"sobjects/Contact/{first}", {"Countersign_Id__c": "k"})
        assert error_of(again(api, Countersign_Id__c="k")) == (400, "DUPLICATES_DETECTED")
        saved = again(api, "allowSave=true", Countersign_Id__c="k")
        assert error_of(saved) == (400, "DUPLICATE_VALUE")


class TestUpdate:
    def test_is_judged_when_what_is_compared_changes(self, api: Api, first):
        anna = f"sobjects/Contact/{api.ids['anna']}"

        assert error_of(api.patch(anna, {"Email": PERSON["Email"]})) == (
            400, "DUPLICATES_DETECTED",
        )  # fmt: skip
        assert api.patch(anna, {"Title": "CEO"}).status_code == 204
        assert api.patch(f"sobjects/Contact/{first}", {"Title": "CEO"}).status_code == 204
