"""Descriptions of objects and fields, limits, and what kinds of calls are counted."""

from tests.simulator.conftest import BASE, Api, error_of


class TestDescribe:
    def fields(self, api: Api, name: str) -> dict[str, dict]:
        body = api.get(f"sobjects/{name}/describe/").json()
        return {field["name"]: field for field in body["fields"]}

    def test_lists_the_objects(self, api: Api):
        body = api.get("sobjects").json()

        names = {one["name"] for one in body["sobjects"]}
        assert body["maxBatchSize"] == 200
        assert {"Account", "Contact", "Lead", "Opportunity", "Case", "Task"} <= names
        assert {"EmailMessage", "User", "Campaign", "Quote__c", "Countersign_Commit__c"} <= names
        assert {"AccountHistory", "OpportunityFieldHistory"} <= names

    def test_says_what_a_field_takes(self, api: Api):
        fields = self.fields(api, "Opportunity")

        stage = fields["StageName"]
        assert (stage["type"], stage["restrictedPicklist"], stage["nillable"]) == (
            "picklist", True, False,
        )  # fmt: skip
        assert "Closed Won" in [value["value"] for value in stage["picklistValues"]]
        assert fields["AccountId"]["referenceTo"] == ["Account"]
        assert fields["AccountId"]["relationshipName"] == "Account"
        assert fields["IsWon"]["updateable"] is False
        assert fields["Name"]["nameField"] is True

    def test_shows_a_unique_external_id_on_every_writable_object(self, api: Api):
        for name in ("Account", "Contact", "Lead", "Opportunity", "Case", "Task", "Quote__c",
                     "EmailMessage", "Campaign"):  # fmt: skip
            field = self.fields(api, name)["Countersign_Id__c"]
            assert (field["externalId"], field["unique"]) == (True, True)

    def test_names_the_children(self, api: Api):
        body = api.get("sobjects/account/describe").json()

        children = {one["relationshipName"]: one for one in body["childRelationships"]}
        assert children["Contacts"]["childSObject"] == "Contact"

    def test_is_for_reading_only(self, api: Api):
        assert error_of(api.post("sobjects/Account/describe", {})) == (405, "METHOD_NOT_ALLOWED")


class TestLimits:
    def test_are_in_a_header_of_every_answer(self, api: Api):
        first = api.get("limits")
        second = api.get(f"sobjects/Account/{api.ids['acme']}")

        assert first.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
        assert second.headers["Sforce-Limit-Info"] == "api-usage=2/100000"
        assert first.json()["DailyApiRequests"] == {"Max": 100000, "Remaining": 99999}

    def test_stop_calls_with_403(self, api: Api):
        api.control("POST", "limits", {"used": 5, "allowed": 5})

        answer = api.get("sobjects")

        assert error_of(answer) == (403, "REQUEST_LIMIT_EXCEEDED")
        assert answer.json()[0]["message"] == "TotalRequests Limit exceeded."

    def test_count_calls_by_kind(self, api: Api):
        api.get("sobjects/Account/describe")
        api.post("composite/sobjects/Account", {"ids": [], "fields": ["Name"]})
        api.patch(f"sobjects/Account/{api.ids['acme']}", {})
        api.query("SELECT Id FROM Account")

        calls = api.control("GET", "stats")["calls"]
        assert calls == {"login": 1, "describe": 1, "collections_read": 1, "row_write": 1,
                         "query": 1}  # fmt: skip


class TestVersions:
    def test_resources_are_listed_under_each(self, api: Api):
        assert api.get(f"{BASE}/").json()["sobjects"] == f"{BASE}/sobjects"

    def test_that_do_not_exist_are_not_found(self, api: Api):
        assert error_of(api.get("/services/data/v99.0/limits")) == (404, "NOT_FOUND")
        assert error_of(api.get("nonsense")) == (404, "NOT_FOUND")
