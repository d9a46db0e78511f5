"""The command of the first proposal: a value that fits, text that no shell takes for its own."""

import json
import shlex

import pytest

from orchestrator.connectors.base import FieldDescription
from orchestrator.onboarding.first_proposal import (
    NOTHING_READ,
    Sample,
    action_to_begin_with,
    body_of,
    command,
)
from orchestrator.workflows.definition import ActionDefinition

pytestmark = pytest.mark.req("J1")
ADDRESS = "https://countersign.example.com"
DEAL = "006000000000001AAA"


def action(fields, **more):
    return ActionDefinition.model_validate(
        {"object": "Opportunity", "fields": fields, "policy": "human_in_loop", **more}
    )


def described(name, kind="string", **more):
    return FieldDescription(name, name, kind, True, True, more.pop("updateable", True), **more)


def change(fields, sample):
    body = body_of(
        workflow="w", name="a", action=action(fields), sample=sample, address=ADDRESS
    )  # fmt: skip
    return body["changes"][0]


class TestValue:
    def test_is_another_one_than_the_record_has(self):
        sample = Sample(DEAL, {"StageName": "Proposal"}, {"StageName": described("StageName")})

        made = change({"StageName": {"allowed": ["Proposal", "Negotiation"]}}, sample)

        assert made["fields"] == {"StageName": "Negotiation"}

    def test_prefers_free_text(self):
        made = change({"StageName": {"allowed": ["Proposal"]}, "NextStep": {}}, NOTHING_READ)

        assert list(made["fields"]) == ["NextStep"]

    def test_fits_the_length(self):
        made = change({"NextStep": {"max_length": 5}}, NOTHING_READ)

        assert made["fields"] == {"NextStep": "First"}

    def test_leaves_out_what_cannot_be_written_and_what_needs_thought(self):
        sample = Sample(
            DEAL,
            {"Amount": 10.0},
            {
                "NextStep": described("NextStep", updateable=False),
                "CloseDate": described("CloseDate", "date"),
                "Amount": described("Amount", "currency"),
            },
        )
        made = change({"NextStep": {}, "CloseDate": {}, "Amount": {"max": 10.5}}, sample)

        assert made["fields"] == {"Amount": 10.5}


class TestBody:
    def test_names_the_reason_and_as_much_evidence_as_is_asked_for(self):
        asked = action(
            {"NextStep": {}}, reasons=["stalled"], evidence={"at_least": 2, "kinds": ["url"]}
        )
        body = body_of(
            workflow="w", name="a", action=asked, sample=NOTHING_READ, address=ADDRESS
        )  # fmt: skip

        assert body["reason"]["code"] == "stalled"
        assert [each["kind"] for each in body["evidence"]] == ["url", "url"]

    def test_begins_with_an_action_that_updates(self):
        actions = {
            "create": action({"Name": {}}, operations=["create"]),
            "update": action({"Name": {}}),
        }
        assert action_to_begin_with(actions) == "update"


class TestCommand:
    def test_says_to_a_shell_what_was_meant(self):
        body = {"text": 'it\'s $HOME `id` "quoted" \\ ü'}

        words = shlex.split(command(address=ADDRESS, body=body, once="first-1"))

        assert json.loads(words[-1]) == body
        assert f"{ADDRESS}/api/v1/proposals" in words
        assert "Authorization: Bearer $COUNTERSIGN_KEY" in words
