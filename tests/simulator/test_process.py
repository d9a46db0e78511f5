"""The org's own approvals lock what they are about."""

from typing import Any

import pytest

from tests.simulator.conftest import Api, error_of


def act(api: Api, action: str, context: str, **more: Any) -> Any:
    entry = {"actionType": action, "contextId": context, **more}
    return api.post("process/approvals/", {"requests": [entry]})


@pytest.fixture
def me(api: Api) -> str:
    return str(api.control("GET", "keys")["ids"]["integration"])


class TestLock:
    @pytest.mark.parametrize("code", ["ENTITY_IS_LOCKED", "INVALID_OPERATION"])
    def test_refuses_everybody_who_is_no_administrator(self, api: Api, code):
        api.control("POST", "switches", {"locked_code": code})
        api.control("POST", "approval", {"id": "deal", "action": "Submit"})
        path = f"sobjects/Opportunity/{api.ids['deal']}"

        assert error_of(api.patch(path, {"NextStep": "x"})) == (400, code)
        assert error_of(api.delete(path)) == (400, code)

    def test_lets_an_administrator_through(self, api: Api):
        api.control("POST", "approval", {"id": "deal", "action": "Submit"})
        api.control("POST", "permissions", {"user": "integration", "admin": True})

        answer = api.patch(f"sobjects/Opportunity/{api.ids['deal']}", {"NextStep": "x"})

        assert answer.status_code == 204

    def test_holds_for_the_details_of_a_locked_master(self, api: Api):
        quote = api.create("Quote__c", Name="Q", Opportunity__c=api.ids["deal"])
        api.control("POST", "approval", {"id": "deal", "action": "Submit"})

        answer = api.patch(f"sobjects/Quote__c/{quote}", {"Notes__c": "x"})

        assert error_of(answer) == (400, "ENTITY_IS_LOCKED")

    @pytest.mark.parametrize(
        ("action", "status"), [("Approve", "Approved"), ("Reject", "Rejected")]
    )
    def test_ends_with_the_decision(self, api: Api, me, action, status):
        (made,) = act(api, "Submit", api.ids["deal"], nextApproverIds=[me]).json()
        (decided,) = act(api, action, made["newWorkitemIds"][0], comments="ok").json()

        assert (made["instanceStatus"], decided["instanceStatus"]) == ("Pending", status)
        assert decided["entityId"] == api.ids["deal"]
        path = f"sobjects/Opportunity/{api.ids['deal']}"
        assert api.patch(path, {"NextStep": "x"}).status_code == 204
        steps = api.query("SELECT StepStatus, Comments FROM ProcessInstanceStep ORDER BY Id")
        assert [one["StepStatus"] for one in steps] == ["Started", status]
        assert api.query("SELECT Id FROM ProcessInstanceWorkitem") == []


class TestRequests:
    def test_cannot_submit_twice(self, api: Api):
        act(api, "Submit", api.ids["deal"])
        answer = act(api, "Submit", api.ids["deal"])
        assert error_of(answer) == (400, "ALREADY_IN_PROCESS")

    def test_are_decided_by_their_actor_only(self, api: Api):
        (made,) = act(api, "Submit", api.ids["deal"]).json()
        answer = act(api, "Approve", made["newWorkitemIds"][0])
        assert error_of(answer) == (400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")

    def test_are_all_done_or_none(self, api: Api):
        entries = [
            {"actionType": "Submit", "contextId": api.ids["deal"]},
            {"actionType": "Dance", "contextId": api.ids["acme"]},
        ]

        answer = api.post("process/approvals", {"requests": entries})

        assert answer.status_code == 400
        assert api.query("SELECT Id FROM ProcessInstance") == []

    @pytest.mark.parametrize(
        ("path", "body"),
        [("process/approvals", {}), ("process/approvals", {"requests": ["x"]})],
    )
    def test_need_a_list(self, api: Api, path, body):
        assert error_of(api.post(path, body)) == (400, "JSON_PARSER_ERROR")

    def test_have_one_place(self, api: Api):
        assert api.get("process/approvals").json() == {"approvals": {}}
        assert api.get("process/rules").status_code == 404
