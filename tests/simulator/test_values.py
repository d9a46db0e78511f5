"""What each type of field takes, and how it refuses the rest."""

import pytest

from tests.simulator.conftest import Api, error_of

GONE = "001Sm0000009999IAA"


class TestRefusedValues:
    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            ("Foo__c", 1, "INVALID_FIELD"),
            ("Name", "x" * 121, "STRING_TOO_LONG"),
            ("Name", True, "JSON_PARSER_ERROR"),
            ("Name", {"a": 1}, "JSON_PARSER_ERROR"),
            ("Name", None, "REQUIRED_FIELD_MISSING"),
            ("Name", "", "REQUIRED_FIELD_MISSING"),
            ("StageName", "Dreaming", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
            ("Amount", "a lot", "JSON_PARSER_ERROR"),
            ("Amount", True, "JSON_PARSER_ERROR"),
            ("Amount", 1e17, "NUMBER_OUTSIDE_VALID_RANGE"),
            ("Amount", -1, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
            ("CloseDate", "2026-02-30", "JSON_PARSER_ERROR"),
            ("CloseDate", "tomorrow", "JSON_PARSER_ERROR"),
            ("CloseDate", 20261201, "JSON_PARSER_ERROR"),
            ("Exit_Criteria_Met__c", None, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
            ("Exit_Criteria_Met__c", "maybe", "JSON_PARSER_ERROR"),
            ("AccountId", "006Sm0000000001IAA", "MALFORMED_ID"),
            ("AccountId", "nonsense", "MALFORMED_ID"),
            ("AccountId", GONE, "INVALID_CROSS_REFERENCE_KEY"),
            ("OwnerId", "", "REQUIRED_FIELD_MISSING"),
        ],
    )
    def test_of_an_opportunity(self, api: Api, name, value, code):
        before = api.record("Opportunity", "deal")

        answer = api.patch(f"sobjects/Opportunity/{api.ids['deal']}", {name: value})

        assert error_of(answer) == (400, code)
        assert api.record("Opportunity", "deal") == before

    def test_an_address_that_is_none(self, api: Api):
        answer = api.patch(f"sobjects/Contact/{api.ids['anna']}", {"Email": "not an address"})

        assert error_of(answer) == (400, "INVALID_EMAIL_ADDRESS")

    def test_a_deleted_parent(self, api: Api):
        api.delete(f"sobjects/Account/{api.ids['globex']}")

        answer = api.patch(
            f"sobjects/Opportunity/{api.ids['deal']}", {"AccountId": api.ids["globex"]}
        )

        assert error_of(answer) == (400, "ENTITY_IS_DELETED")

    def test_an_owner_who_has_left(self, api: Api):
        tom = api.control("GET", "keys")["ids"]["tom_okafor"]
        api.control("POST", "edit", {"id": tom, "fields": {"IsActive": False}})

        answer = api.patch(f"sobjects/Opportunity/{api.ids['deal']}", {"OwnerId": tom})

        assert error_of(answer) == (400, "INACTIVE_OWNER_OR_USER")

    def test_a_value_that_must_be_unique(self, api: Api):
        first = api.create("Account", Name="A", Countersign_Id__c="same")

        answer = api.post("sobjects/Account", {"Name": "B", "Countersign_Id__c": "SAME"})

        assert error_of(answer) == (400, "DUPLICATE_VALUE")
        assert first[:15] in answer.json()[0]["message"]

    def test_a_lead_that_was_converted(self, api: Api):
        lead = api.seed(
            {
                "object": "Lead",
                "key": "lead",
                "fields": {"LastName": "L", "Company": "C", "IsConverted": True},
            }
        )["lead"]

        assert error_of(api.patch(f"sobjects/Lead/{lead}", {"Company": "D"})) == (
            400,
            "CANNOT_UPDATE_CONVERTED_LEAD",
        )

    def test_a_likely_duplicate_if_rules_say_so(self, api: Api):
        api.control("POST", "switches", {"duplicate_rules": True})
        api.create("Contact", LastName="A", Email="a@example.com")
        body = {"LastName": "B", "Email": "A@example.com"}

        refused = api.post("sobjects/Contact", body)
        saved = api.post(
            "sobjects/Contact", body, headers={"Sforce-Duplicate-Rule-Header": "allowSave=true"}
        )

        assert error_of(refused) == (400, "DUPLICATES_DETECTED")
        result = refused.json()[0]["duplicateResult"]
        assert result["matchResults"][0]["size"] == 1
        assert saved.status_code == 201


class TestStoredValues:
    @pytest.mark.parametrize(
        ("name", "given", "stored"),
        [
            ("Amount", 1234.567, 1234.56),
            ("Amount", "99.5", 99.5),
            ("Amount", 10, 10.0),
            ("Amount", None, None),
            ("CloseDate", "2027-01-31T10:00:00Z", "2027-01-31"),
            ("Exit_Criteria_Met__c", "true", True),
            ("NextStep", "", None),
            ("NextStep", "  kept as it is ", "  kept as it is "),
            ("Type", "Anything goes", "Anything goes"),
            ("StageName", "negotiation", "Negotiation"),
        ],
    )
    def test_of_an_opportunity(self, api: Api, name, given, stored):
        answer = api.patch(f"sobjects/Opportunity/{api.ids['deal']}", {name: given})

        assert answer.status_code == 204, answer.text
        assert api.record("Opportunity", "deal")[name] == stored

    def test_lose_the_space_around_them_if_the_switch_says_so(self, api: Api):
        api.control("POST", "switches", {"trim_text": True})

        api.patch(f"sobjects/Opportunity/{api.ids['deal']}", {"NextStep": "  call "})

        assert api.record("Opportunity", "deal")["NextStep"] == "call"

    def test_moments_are_in_utc_and_whole_seconds(self, api: Api):
        case = api.create("Case", Subject="s")
        body = {
            "ParentId": case, "Subject": "m", "Status": "5",
            "MessageDate": "2026-01-01T12:00:00.987+02:00",
        }  # fmt: skip

        mail = api.create("EmailMessage", **body)

        stored = api.record("EmailMessage", mail)["MessageDate"]
        assert stored == "2026-01-01T10:00:00.000+0000"


class TestEmailMessages:
    def test_only_a_case_has_drafts(self, api: Api):
        answer = api.post("sobjects/EmailMessage", {"Subject": "m", "Status": "5"})

        assert error_of(answer) == (400, "FIELD_INTEGRITY_EXCEPTION")

    def test_a_draft_is_not_sent_by_writing_its_status(self, api: Api):
        case = api.create("Case", Subject="s")
        mail = api.create("EmailMessage", ParentId=case, Status="5", TextBody="t")

        answer = api.patch(f"sobjects/EmailMessage/{mail}", {"Status": "3"})

        assert error_of(answer) == (400, "FIELD_INTEGRITY_EXCEPTION")
