"""`/actions`: results in the documented shape, effects for what leaves the org."""

from typing import Any

import pytest

from tests.simulator.conftest import Api, error_of

MAIL = {"emailAddresses": "a@b.example", "emailSubject": "Hello", "emailBody": "…"}


def act(api: Api, path: str, *inputs: dict[str, Any]) -> Any:
    return api.post(f"actions/{path}", {"inputs": list(inputs)})


class TestActions:
    @pytest.mark.parametrize(
        ("path", "name"),
        [("standard/emailSimple", "emailSimple"), ("custom/apex/Quote", "Quote"),
         ("custom/flow/Renew", "Renew")],
    )  # fmt: skip
    def test_leave_an_effect(self, api: Api, path, name):
        answer = act(api, path, MAIL)

        assert answer.status_code == 200
        assert answer.json() == [
            {"actionName": name, "errors": None, "isSuccess": True, "outputValues": {}}
        ]
        effect = api.effects()[-1]
        assert (effect["operation"], effect["object"]) == ("action", name)
        assert effect["fields"] == MAIL

    def test_show_which_input_failed(self, api: Api):
        answer = act(api, "standard/emailsimple", MAIL, {"emailSubject": "x"})

        good, bad = answer.json()
        assert (answer.status_code, good["isSuccess"], bad["isSuccess"]) == (400, True, False)
        assert bad["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"

    def test_submit_a_record_for_approval(self, api: Api):
        answer = act(api, "standard/submit", {"objectId": api.ids["deal"]})

        (result,) = answer.json()
        assert result["isSuccess"], answer.text
        assert result["outputValues"]["instanceStatus"] == "Pending"
        locked = api.patch(f"sobjects/Opportunity/{api.ids['deal']}", {"NextStep": "x"})
        assert error_of(locked) == (400, "ENTITY_IS_LOCKED")

    def test_refuse_to_assign_a_lead_that_is_not_there(self, api: Api):
        name = "standard/invocableApplyLeadAssignmentRules"

        (result,) = act(api, name, {"leadId": "00Q000000000001"}).json()

        assert result["errors"][0]["statusCode"] == "NOT_FOUND"

    def test_are_listed_and_described(self, api: Api):
        listed = api.get("actions/standard/").json()["actions"]

        assert "emailSimple" in [one["name"] for one in listed]
        assert set(api.get("actions").json()) == {"standard", "custom"}
        described = api.get("actions/standard/submit").json()
        assert [one["name"] for one in described["inputs"]] == ["objectId"]

    def test_are_refused_when_unknown_or_malformed(self, api: Api):
        assert error_of(act(api, "standard/makeCoffee")) == (404, "NOT_FOUND")
        assert error_of(api.post("actions/standard/submit", {}))[0] == 400
        assert error_of(api.delete("actions/standard/submit"))[0] == 405
