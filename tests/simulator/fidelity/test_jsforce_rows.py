"""jsforce signs in, describes, and reads and writes single records and collections."""

import datetime as dt
from typing import Any

import pytest

from tests.simulated_org import SimulatedOrg
from tests.simulator.fidelity.jsforce import Jsforce, JsforceError

MISSING_ACCOUNT = "001Sm00000999999AAA"


def sign_in(js: Jsforce, org: SimulatedOrg) -> Any:
    return js.do("clientCredentials", clientId=org.client_id, clientSecret=org.client_secret)


class TestLogin:
    def test_with_client_credentials_learns_who_and_where(self, js: Jsforce, org: SimulatedOrg):
        found = sign_in(js, org)

        assert found["instanceUrl"] == org.url
        assert found["user"]["id"] == org.user()
        assert found["user"]["organizationId"].startswith("00D")

    def test_by_soap_learns_who_and_where(self, js: Jsforce, org: SimulatedOrg):
        username = org.record("User", org.user("maya_ruiz"))["Username"]

        found = js.do("soapLogin", username=username, password=org.password)

        assert found["instanceUrl"] == org.url
        assert found["user"]["id"] == org.user("maya_ruiz")
        assert js.do("query", soql="SELECT COUNT() FROM User")["totalSize"] > 5

    def test_by_soap_refuses_a_wrong_password(self, js: Jsforce, org: SimulatedOrg):
        username = org.record("User", org.user("maya_ruiz"))["Username"]

        with pytest.raises(JsforceError, match="Invalid username, password"):
            js.do("soapLogin", username=username, password="wrong")

    def test_with_a_wrong_secret_is_refused(self, js: Jsforce, org: SimulatedOrg):
        with pytest.raises(JsforceError) as caught:
            js.do("clientCredentials", clientId=org.client_id, clientSecret="wrong")
        assert caught.value.name == "invalid_client"

    def test_lets_an_expired_session_be_refreshed_once(self, js: Jsforce, org: SimulatedOrg):
        sign_in(js, org)

        found = js.do("refresh", accessToken=js.do("token"))

        assert found["refreshed"] == 1
        assert found["totalSize"] > 5

    def test_refuses_a_token_it_does_not_know(self, js: Jsforce):
        with pytest.raises(JsforceError) as caught:
            js.do("badToken")
        assert caught.value.code == "INVALID_SESSION_ID"


class TestDescribe:
    def test_tells_the_fields_of_an_object(self, js: Jsforce):
        found = js.do("describe", object="Opportunity")
        fields = {field["name"]: field for field in found["fields"]}

        assert (found["name"], found["keyPrefix"], found["custom"]) == ("Opportunity", "006", False)
        assert fields["StageName"]["type"] == "picklist"
        assert "Closed Won" in [one["value"] for one in fields["StageName"]["picklistValues"]]
        assert fields["AccountId"]["referenceTo"] == ["Account"]
        assert fields["AccountId"]["relationshipName"] == "Account"
        assert fields["IsWon"]["updateable"] is False
        assert fields["Countersign_Id__c"]["externalId"] is True

    def test_tells_the_objects_of_the_org(self, js: Jsforce):
        found = js.do("describeGlobal")

        assert (found["encoding"], found["maxBatchSize"]) == ("UTF-8", 200)
        assert {"Account", "Contact", "Lead", "Opportunity", "Case", "Task"} <= set(found["names"])
        assert {"EmailMessage", "User", "Campaign", "Countersign_Commit__c"} <= set(found["names"])

    def test_lists_the_versions(self, js: Jsforce):
        assert "64.0" in [one["version"] for one in js.do("versions")]


class TestOneRecord:
    def test_lives_from_create_to_destroy(self, js: Jsforce):
        created = js.do("create", object="Account", records={"Name": "Tarnwick Water"})
        account = created["id"]

        updated = js.do(
            "update", object="account", records={"Id": account, "Industry": "Utilities"}
        )
        read = js.do("retrieve", object="Account", ids=account)
        destroyed = js.do("destroy", object="Account", ids=account)

        assert created == {"id": account, "success": True, "errors": []}
        assert updated == {"id": account, "success": True, "errors": []}
        assert (read["Name"], read["Industry"]) == ("Tarnwick Water", "Utilities")
        assert read["attributes"] == {
            "type": "Account",
            "url": f"/services/data/v64.0/sobjects/Account/{account}",
        }
        assert destroyed["success"] is True
        with pytest.raises(JsforceError) as caught:
            js.do("retrieve", object="Account", ids=account)
        assert caught.value.code in ("ENTITY_IS_DELETED", "NOT_FOUND")

    @pytest.mark.parametrize(
        ("record", "code", "words"),
        [
            ({"Industry": "Energy"}, "REQUIRED_FIELD_MISSING", r"missing: \[Name\]"),
            ({"Name": "X", "Colour": "red"}, "INVALID_FIELD", "No such column 'Colour'"),
            (
                {"Name": "X", "Industry": "Alchemy"},
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                "Alchemy",
            ),
            ({"Name": "X" * 256}, "STRING_TOO_LONG", "max length=255"),
            ({"Name": "X", "OwnerId": "nobody"}, "MALFORMED_ID", "nobody"),
        ],
    )
    def test_is_refused_with_the_documented_code(
        self, js: Jsforce, record: dict[str, Any], code: str, words: str
    ):
        with pytest.raises(JsforceError, match=words) as caught:
            js.do("create", object="Account", records=record)
        assert caught.value.code == code

    def test_that_looks_like_another_comes_with_the_matches(self, js: Jsforce, org: SimulatedOrg):
        org.switch(duplicate_rules=True)
        known = org.add("Contact", LastName="Reyes", Email="reyes@tarnwick.example")
        twin = {"LastName": "Reyes", "Email": "reyes@tarnwick.example"}

        with pytest.raises(JsforceError) as caught:
            js.do("create", object="Contact", records=twin)
        allowed = js.do(
            "create",
            object="Contact",
            records=twin,
            options={"headers": {"Sforce-Duplicate-Rule-Header": "allowSave=true"}},
        )

        assert caught.value.code == "DUPLICATES_DETECTED"
        assert known in str(caught.value.data)
        assert allowed["success"] is True


class TestUpsert:
    def test_says_whether_it_created(self, js: Jsforce):
        record = {"Countersign_Id__c": "K-1", "Name": "Tarnwick Water"}

        first = js.do("upsert", object="Account", records=record, key="Countersign_Id__c")
        record["Name"] = "Tarnwick Water Ltd"
        second = js.do("upsert", object="Account", records=record, key="Countersign_Id__c")

        assert (first["success"], first["created"]) == (True, True)
        assert (second["id"], second["created"]) == (first["id"], False)
        read = js.do("retrieve", object="Account", ids=first["id"])
        assert read["Name"] == "Tarnwick Water Ltd"

    def test_takes_many_records(self, js: Jsforce):
        js.do("create", object="Account", records={"Countersign_Id__c": "K-1", "Name": "One"})
        records = [{"Countersign_Id__c": f"K-{n}", "Name": f"Account {n}"} for n in (1, 2)]

        found = js.do("upsert", object="Account", records=records, key="Countersign_Id__c")

        assert [(one["success"], one["created"]) for one in found] == [(True, False), (True, True)]

    def test_by_a_key_that_two_records_have_shows_both(self, js: Jsforce, org: SimulatedOrg):
        twins = [org.add("Account", Name=name, Legacy_Key__c="L-1") for name in ("A", "B")]

        with pytest.raises(JsforceError) as caught:
            js.do(
                "upsert",
                object="Account",
                records={"Legacy_Key__c": "L-1", "Name": "C"},
                key="Legacy_Key__c",
            )
        shown = f"{caught.value.message} {caught.value.data}"
        assert all(twin in shown for twin in twins)


class TestCollections:
    def test_answer_in_the_order_of_the_records(self, js: Jsforce):
        found = js.do(
            "create",
            object="Account",
            records=[{"Name": "A"}, {"Industry": "Energy"}, {"Name": "C"}],
            options={"allOrNone": False},
        )

        assert [one["success"] for one in found] == [True, False, True]
        (error,) = found[1]["errors"]
        assert error["statusCode"] == "REQUIRED_FIELD_MISSING"
        assert error["fields"] == ["Name"]

    def test_keep_nothing_when_all_or_none_is_asked_for(self, js: Jsforce, org: SimulatedOrg):
        found = js.do(
            "create",
            object="Account",
            records=[{"Name": "A"}, {"Industry": "Energy"}],
            options={"allOrNone": True},
        )

        assert [one["success"] for one in found] == [False, False]
        assert found[0]["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
        assert org.stats()["records"]["Account"] == 0

    def test_are_cut_into_pieces_of_two_hundred_by_the_client(self, js: Jsforce, org: SimulatedOrg):
        found = js.do(
            "create",
            object="Account",
            records=[{"Name": f"Account {n}"} for n in range(250)],
            options={"allowRecursive": True},
        )

        assert all(one["success"] for one in found)
        assert len({one["id"] for one in found}) == 250
        assert org.stats()["records"]["Account"] == 250

    def test_update_and_destroy_many(self, js: Jsforce, org: SimulatedOrg):
        ids = [org.add("Account", Name=name) for name in ("A", "B")]

        updated = js.do(
            "update", object="Account", records=[{"Id": one, "Rating": "Hot"} for one in ids]
        )
        destroyed = js.do("destroy", object="Account", ids=ids)

        assert [one["success"] for one in updated] == [True, True]
        assert [one["id"] for one in destroyed] == ids
        assert org.control("GET", "stats")["records"]["Account"] == 2
        assert js.do("query", soql="SELECT COUNT() FROM Account")["totalSize"] == 0

    def test_show_a_hole_for_a_record_that_is_not_there(self, js: Jsforce, org: SimulatedOrg):
        account = org.add("Account", Name="A")

        found = js.do(
            "retrieve",
            object="Account",
            ids=[account, MISSING_ACCOUNT],
            options={"fields": ["Id", "Name"]},
        )

        assert found[0]["Name"] == "A"
        assert found[1] is None


class TestChanges:
    def test_lists_what_was_updated_and_deleted(self, js: Jsforce, org: SimulatedOrg):
        kept, gone = (org.add("Account", Name=name) for name in ("A", "B"))
        org.delete(gone)
        now = dt.datetime.fromisoformat(org.clock()["now"])
        hour = dt.timedelta(hours=1)
        span = {"start": (now - hour).isoformat(), "end": (now + hour).isoformat()}

        updated = js.do("updated", object="Account", **span)
        deleted = js.do("deleted", object="Account", **span)

        assert kept in updated["ids"]
        assert [one["id"] for one in deleted["deletedRecords"]] == [gone]
