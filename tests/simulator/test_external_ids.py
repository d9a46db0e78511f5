"""`/sobjects/<Object>/<External_Id__c>/<value>`."""

import pytest

from tests.simulator.conftest import Api, error_of

KEY = "sobjects/Account/Countersign_Id__c"


class TestUpsert:
    def test_answers_201_and_created_for_a_new_record(self, api: Api):
        answer = api.patch(f"{KEY}/new-1", {"Name": "New"})

        record_id = answer.json()["id"]
        assert answer.status_code == 201
        assert answer.json() == {"id": record_id, "success": True, "errors": [], "created": True}
        assert api.record("Account", record_id)["Countersign_Id__c"] == "new-1"

    def test_answers_200_and_not_created_for_a_known_one(self, api: Api):
        first = api.patch(f"{KEY}/k", {"Name": "One"}).json()["id"]

        answer = api.patch(f"{KEY}/K", {"Name": "Two"})

        assert (answer.status_code, answer.json()["created"]) == (200, False)
        assert answer.json()["id"] == first
        assert api.record("Account", first)["Name"] == "Two"

    def test_answered_an_update_with_204_until_version_45(self, api: Api):
        api.patch(f"{KEY}/k", {"Name": "One"})

        answer = api.patch(
            "/services/data/v45.0/sobjects/Account/Countersign_Id__c/k", {"Name": "Two"}
        )

        assert (answer.status_code, answer.content) == (204, b"")

    def test_never_creates_when_told_to_update_only(self, api: Api):
        answer = api.patch(f"{KEY}/none?updateOnly=true", {"Name": "New"})

        assert error_of(answer) == (404, "NOT_FOUND")
        assert len(api.query("SELECT Id FROM Account")) == 2

    def test_refuses_the_key_in_the_body(self, api: Api):
        answer = api.patch(f"{KEY}/k", {"Name": "x", "countersign_id__c": "k"})

        assert error_of(answer) == (400, "INVALID_FIELD")

    def test_refuses_a_field_that_is_no_external_id(self, api: Api):
        answer = api.patch("sobjects/Account/Name/Acme", {"Industry": "Banking"})

        assert error_of(answer) == (404, "NOT_FOUND")
        assert "Provided external ID field does not exist" in answer.json()[0]["message"]

    def test_lists_the_matches_and_writes_nothing_if_there_are_several(self, api: Api):
        ids = [api.create("Account", Name=name, Legacy_Key__c="twin") for name in "AB"]

        answer = api.patch("sobjects/Account/Legacy_Key__c/twin", {"Industry": "Banking"})

        assert answer.status_code == 300
        assert answer.json() == [f"/services/data/v64.0/sobjects/Account/{one}" for one in ids]
        assert {api.record("Account", one)["Industry"] for one in ids} == {None}

    def test_makes_one_record_when_repeated_for_a_deleted_one(self, api: Api):
        first = api.patch(f"{KEY}/k", {"Name": "One"}).json()["id"]
        api.delete(f"sobjects/Account/{first}")

        again = api.patch(f"{KEY}/k", {"Name": "Two"}).json()

        assert again["created"] is True
        assert again["id"] != first


class TestByExternalId:
    def test_reads_a_record(self, api: Api):
        record_id = api.create("Account", Name="K", Countersign_Id__c="a b/c")

        assert api.get(f"{KEY}/a%20b%2Fc").json()["Id"] == record_id

    def test_says_404_if_nothing_matches(self, api: Api):
        assert error_of(api.get(f"{KEY}/none")) == (404, "NOT_FOUND")

    def test_deletes_a_record(self, api: Api):
        api.create("Account", Name="K", Countersign_Id__c="k")

        assert api.delete(f"{KEY}/k").status_code == 204
        assert error_of(api.get(f"{KEY}/k")) == (404, "NOT_FOUND")

    @pytest.mark.parametrize("works", [True, False])
    def test_is_guarded_if_the_switch_says_so(self, api: Api, works):
        api.create("Account", Name="K", Countersign_Id__c="k")
        api.control("POST", "switches", {"guard_on_external_id": works})

        answer = api.patch(
            f"{KEY}/k",
            {"Name": "L"},
            headers={"If-Unmodified-Since": "Sat, 21 Nov 2026 11:00:00 GMT"},
        )

        assert answer.status_code == (412 if works else 200)


class TestIdAsKey:
    def test_inserts_by_post_and_updates_by_patch(self, api: Api):
        made = api.post("sobjects/Account/Id", {"Name": "New"}).json()["id"]

        assert api.patch(f"sobjects/Account/Id/{made}", {"Name": "Newer"}).status_code == 204
        assert api.record("Account", made)["Name"] == "Newer"
