"""What submission refuses, each with its code."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from approvals import submission
from approvals.content import DraftChange
from approvals.models import Proposal
from approvals.problems import InvalidProposal, NotGranted
from approvals.requesters import agent_requester
from audit.models import Entry
from orchestrator.agents import operations as agents
from orchestrator.workflows.models import Workflow
from tests.approvals.submitting import SHORT_ID, change, submit
from tests.factories import (
    AT,
    EVIDENCE,
    OPPORTUNITY,
    SETUP,
    create_agent,
    create_grant,
)

pytestmark = pytest.mark.django_db
DELETE = DraftChange(operation="delete", object_name="Account", record_id="001000000000001AAA")
CREATE = DraftChange(operation="create", object_name="Lead", fields={"Name": "Ada"})


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"workflow": "no-such"}, "unknown_workflow"),
            ({"action": "burn_it"}, "unknown_action"),
            ({"reason_code": "because"}, "reason_not_listed"),
            ({"reason_text": " "}, "reason_missing"),
            ({"evidence": ()}, "evidence_missing"),
            ({"evidence": ({"kind": "file", "title": "f"},)}, "evidence_missing"),
            ({"evidence": ({"kind": "rumour", "title": "f"}, *EVIDENCE)}, "evidence_kind_unknown"),
            (
                {"evidence": ({"kind": "url", "title": "x", "href": "javascript:alert(1)"},)},
                "bad_link",
            ),
            ({"changes": []}, "no_changes"),
            ({"fields": {"Name": "x"}}, "field_not_in_action"),
            ({"fields": {"Countersign_Commit_Id__c": "cmt_1"}}, "field_is_ours"),
            ({"fields": {"Countersign_Reason__c": "because"}}, "field_is_ours"),
            ({"fields": {"Countersign_Id__c": "prp_1-0"}}, "field_is_ours"),
            ({"changes": [change(object_name="Account")]}, "object_not_in_action"),
            ({"changes": [change(operation="delete", fields={})]}, "operation_not_in_action"),
            ({"changes": [change(operation="explode")]}, "operation_not_in_action"),
            ({"changes": [change(record_id="")]}, "id_missing"),
            ({"changes": [change(record_id="006/../001")]}, "bad_record_id"),
            ({"changes": [change(fields={})]}, "no_fields"),
            ({"changes": [change(), change(record_id=SHORT_ID)]}, "duplicate_record"),
            ({"changes": [change(depends_on=["Amount; DROP"])]}, "bad_field_name"),
            ({"changes": [change(expect={"a b": 1})]}, "bad_field_name"),
            ({"title": "x" * 201}, "text_too_long"),
            ({"reason_text": "x" * 5001}, "text_too_long"),
            ({"timeout": dt.timedelta(0)}, "bad_timeout"),
            ({"confidence": Decimal("1.1")}, "bad_confidence"),
            ({"confidence": Decimal("NaN")}, "bad_confidence"),
            ({"reason_text": "a\x00b"}, "bad_character"),
            ({"title": "a\x1b[31mb"}, "bad_character"),
            ({"fields": {"NextStep": "\ud800"}}, "bad_character"),
            ({"fields": {"NextStep": Decimal("0.12345678901234567890")}}, "number_not_exact"),
            ({"fields": {"NextStep": 2**60}}, "number_not_exact"),
            ({"fields": {"NextStep": float("inf")}}, "number_not_exact"),
            ({"fields": {"NextStep": {"deep": 1}}}, "value_not_plain"),
        ],
    )
    @pytest.mark.req("A1", "C1")
    def test_name_their_code_and_store_nothing(self, requester, changes, code):
        with pytest.raises(InvalidProposal) as refused:
            submit(requester, **changes)

        assert refused.value.code == code, refused.value.extra
        assert refused.value.detail.endswith((".", "…"))
        assert not Proposal.objects.exists()
        assert not Entry.objects.filter(event="proposal.submitted").exists()

    def test_of_an_id_on_a_create(self, requester):
        with pytest.raises(InvalidProposal) as refused:
            submit(
                requester, action="enrich_lead", changes=[replace(CREATE, record_id=OPPORTUNITY)]
            )

        assert refused.value.code == "id_not_allowed"

    def test_of_fields_on_a_delete(self, requester):
        with pytest.raises(InvalidProposal) as refused:
            submit(requester, action="fix_accounts", changes=[replace(DELETE, fields={"Name": 1})])

        assert refused.value.code == "fields_not_allowed"

    def test_of_more_than_25_changes(self, requester):
        many = [change(record_id=f"0060000000{n:05d}") for n in range(26)]
        with pytest.raises(InvalidProposal) as refused:
            submit(requester, changes=many)

        assert refused.value.code == "too_many_changes"

    def test_of_deletes_that_one_call_cannot_hold(self, requester):
        many = [replace(DELETE, record_id=f"0010000000{n:05d}") for n in range(13)]
        with pytest.raises(InvalidProposal) as refused:
            submit(requester, action="fix_accounts", changes=many)

        assert refused.value.code == "too_many_changes"

    def test_of_two_new_records_under_one_external_id(self, requester):
        twins = [replace(CREATE, external_id="lead-7"), replace(CREATE, external_id="lead-7")]
        with pytest.raises(InvalidProposal) as refused:
            submit(requester, action="enrich_lead", changes=twins)

        assert refused.value.code == "duplicate_record"

    @pytest.mark.parametrize("external_id", ["two words", "../../limits", "x" * 101, "a?b", "-a"])
    def test_of_an_external_id_that_cannot_stand_in_an_address(self, requester, external_id):
        odd = [replace(CREATE, external_id=external_id)]
        with pytest.raises(InvalidProposal) as refused:
            submit(requester, action="enrich_lead", changes=odd)

        assert refused.value.code == "bad_external_id"

    def test_list_every_problem_with_its_place(self, requester):
        with pytest.raises(InvalidProposal) as refused:
            submit(requester, reason_code="nope", evidence=(), fields={"Name": "x"})

        problems = refused.value.extra["problems"]
        assert [problem["code"] for problem in problems] == [
            "reason_not_listed",
            "evidence_missing",
            "field_not_in_action",
        ]
        assert problems[2]["path"] == "/changes/0/fields/Name"

    @pytest.mark.parametrize("key", ["", "x" * 201, "a\nb"])
    def test_of_a_key_that_cannot_be_kept(self, requester, key):
        with pytest.raises(submission.BadIdempotencyKey):
            submit(requester, key=key)

    def test_of_a_workflow_without_a_version_in_force(self, requester):
        Workflow.objects.update(current_version=None)

        with pytest.raises(InvalidProposal) as refused:
            submit(requester)

        assert refused.value.code == "unknown_workflow"


@pytest.mark.req("A1", "B1")
class TestGrants:
    def test_refuses_an_agent_without_any(self, requester):
        stranger = agent_requester(create_agent())

        with pytest.raises(NotGranted) as refused:
            submit(stranger)

        assert (refused.value.code, refused.value.status) == ("not_granted", 403)
        assert "update on Opportunity" in refused.value.detail

    def test_names_the_fields_that_are_missing(self, requester):
        agent = create_agent()
        create_grant(agent=agent, workflow=Workflow.objects.get(), fields=["NextStep"])

        with pytest.raises(NotGranted) as refused:
            submit(agent_requester(agent), fields={"StageName": "Proposal", "NextStep": "x"})

        assert "StageName" in refused.value.detail
        assert "NextStep" not in refused.value.detail

    def test_refuses_an_operation_that_is_not_granted(self, requester):
        agent = create_agent()
        create_grant(agent=agent, workflow=Workflow.objects.get(), object_name="Account")

        with pytest.raises(NotGranted):
            submit(agent_requester(agent), action="fix_accounts", changes=[DELETE])

    def test_looks_at_grants_in_force_now(self, requester):
        agent = create_agent()
        grant = create_grant(agent=agent, workflow=Workflow.objects.get())
        submit(agent_requester(agent), key="before")

        agents.end_grant(grant=grant, reason="Over.", by=SETUP, at=AT)

        with pytest.raises(NotGranted):
            submit(agent_requester(agent), key="after", at=AT + dt.timedelta(seconds=1))
