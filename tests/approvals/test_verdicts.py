"""What preparation makes of a proposal."""

import datetime as dt

import pytest
from django.db.models import F

from approvals.content import DraftChange
from approvals.models import Change, Proposal, Review, Revision
from approvals.signals import proposals_approved
from orchestrator.workflows.models import Workflow
from tests.approvals.preparing import (
    LATER,
    LEAD,
    answer,
    events,
    lead_draft,
    prepare,
    wish,
)
from tests.factories import (
    AT,
    create_agent,
    create_draft,
    create_grant,
    create_proposal,
    create_workflow,
)

pytestmark = pytest.mark.django_db


class TestVerdicts:
    def test_refuses_a_record_that_is_not_there(self, crm):
        proposal = create_proposal(state="refused")

        assert proposal.outcome_code == "record_not_found"
        assert proposal.closed_at == AT
        assert events(proposal)[-1] == "proposal.refused"

    def test_refuses_a_field_that_the_org_does_not_have(self, crm, record):
        draft = create_draft(changes=[wish(depends_on=["Nonsense__c"])])

        proposal = create_proposal(state="refused", draft=draft)

        assert proposal.outcome_code == "field_not_writable"
        assert "Nonsense__c" in proposal.outcome_text

    def test_refuses_what_the_org_refuses_to_describe(self, crm, record):
        create_workflow()
        del crm.objects["Opportunity"]

        proposal = create_proposal(state="refused")

        assert proposal.outcome_code == "crm_rejected"
        assert Revision.objects.get().verdict["findings"][0]["code"] == "crm_rejected"

    @pytest.mark.req("A3")
    def test_shows_an_expectation_that_differs_and_asks_people(self, crm, record):
        draft = create_draft(changes=[wish(expect={"StageName": "Negotiation"})])

        create_proposal(state="in_review", draft=draft)

        found = {f["code"]: f for f in Revision.objects.get().verdict["findings"]}
        assert "'Negotiation'" in found["expectation_differs"]["text"]
        assert "'Prospecting'" in found["expectation_differs"]["text"]

    def test_only_observes_in_observe_mode(self, crm, record):
        workflow = create_workflow(mode="observe")
        proposal = create_proposal(state="observed", workflow=workflow)

        assert not Review.objects.exists()
        assert proposal.mode == "observe"
        assert events(proposal)[-1] == "proposal.observed"

    @pytest.mark.req("A1", "A3")
    def test_approves_an_automatic_action_in_execute_mode_and_signals_it(self, crm):
        crm.add("Lead", LEAD, Name="Ada", Industry="Tech")
        create_workflow(mode="execute")
        sent = listen()

        proposal = create_proposal(state="approved", draft=lead_draft())

        assert not Review.objects.exists()
        assert (proposal.approved_at, proposal.execute_by) == (AT, AT + dt.timedelta(hours=24))
        assert sent == [[proposal.pk]]
        assert events(proposal)[-1] == "proposal.approved"

    @pytest.mark.req("A1")
    def test_asks_people_about_the_same_action_in_propose_mode(self, crm):
        crm.add("Lead", LEAD, Name="Ada", Industry="Tech")

        create_proposal(state="in_review", draft=lead_draft())

        assert Review.objects.get().role.slug == "ops-owner"

    def test_judges_a_create_without_reading_anything(self, crm):
        create = DraftChange(operation="create", object_name="Lead", fields={"Name": "Ada"})
        draft = create_draft(action="enrich_lead", changes=[create])

        create_proposal(state="in_review", draft=draft)

        assert crm.reads == []
        assert Change.objects.get().base is None

    def test_keeps_the_whole_record_that_is_to_be_deleted(self, crm):
        key = crm.add("Account", "001000000000009AAA", Name="Halden", Phone="1", Industry="Ships")
        delete = DraftChange(operation="delete", object_name="Account", record_id=key.record_id)

        create_proposal(draft=create_draft(action="fix_accounts", changes=[delete]))

        assert Change.objects.get().base == {"Name": "Halden", "Phone": "1", "Industry": "Ships"}

    @pytest.mark.req("B1")
    def test_refuses_a_record_outside_the_grants_filter(self, crm, record):
        workflow = create_workflow()
        agent = create_agent()
        create_grant(agent=agent, workflow=workflow, record_filter="record.Amount < 1000.0")

        proposal = create_proposal(state="refused", agent=agent)

        assert proposal.outcome_code == "not_granted"

    def test_asks_people_about_an_answer_however_sure_the_agent_is(self, crm):
        crm.add("Lead", LEAD, Name="Ada", Industry="Tech")
        workflow = create_workflow(mode="propose")
        proposal = create_proposal(state="revision_requested", draft=lead_draft())
        Workflow.objects.filter(pk=workflow.pk).update(mode="execute")

        answer(proposal, lead_draft(Industry="Ships"))
        prepare(LATER)

        proposal.refresh_from_db()
        assert proposal.state == "in_review"
        assert Review.objects.filter(state="open").exists()

    def test_refuses_an_answer_once_the_workflow_only_observes(self, crm, record):
        proposal = create_proposal(state="revision_requested")
        Workflow.objects.update(mode="observe")

        answer(proposal, create_draft())
        prepare(LATER)

        proposal.refresh_from_db()
        assert (proposal.state, proposal.outcome_code) == ("refused", "mode_observe")


LIMITED = """
workflow: {slug}
title: Leads
org: {org}
owner: {owner}
actions:
  enrich_lead:
    object: Lead
    operations: [update]
    fields: {{ Name: {{}}, Industry: {{}}, NumberOfEmployees: {{}}, Website: {{}} }}
    policy: automatic
    reversible: {{ how: restore_fields }}
limits: [{{ per: agent, writes: 3, window: 1 hour }}]
"""


def five_leads(crm):
    workflow = create_workflow(slug="leads", source=LIMITED, mode="execute")
    agent = create_agent()
    create_grant(agent=agent, workflow=workflow, object_name="Lead")
    came = []
    for number in range(5):
        key = crm.add("Lead", f"00Q{number:012d}", Name="Ada", Industry="Tech")
        draft = create_draft(
            workflow="leads",
            action="enrich_lead",
            object_name="Lead",
            record_id=key.record_id,
            fields={"Industry": "Ships"},
        )
        came.append(create_proposal(state="received", agent=agent, draft=draft, workflow=workflow))
    return came


@pytest.mark.req("A3")
class TestLimits:
    def test_ask_people_beyond_their_number_within_one_batch_too(self, crm):
        five_leads(crm)
        prepare()

        assert Proposal.objects.filter(state="approved").count() == 3
        assert Proposal.objects.filter(state="in_review").count() == 2

    def test_take_those_who_came_first(self, crm):
        came = five_leads(crm)
        # A row that was written again is found behind those that came after it.
        Revision.objects.filter(proposal__in=came[:2]).update(cause=F("cause"))
        prepare()

        asked = Proposal.objects.filter(state="in_review")
        assert {each.pk for each in asked} == {each.pk for each in came[3:]}

    def test_count_only_their_window(self, crm):
        workflow = create_workflow(slug="leads", source=LIMITED, mode="execute")
        agent = create_agent()
        create_grant(agent=agent, workflow=workflow, object_name="Lead")
        states = []
        for number, minutes in enumerate([0, 1, 2, 30, 63]):
            key = crm.add("Lead", f"00Q{number:012d}", Name="Ada", Industry="Tech")
            draft = create_draft(
                workflow="leads",
                action="enrich_lead",
                object_name="Lead",
                record_id=key.record_id,
                fields={"Industry": "Ships"},
            )
            at = AT + dt.timedelta(minutes=minutes)
            proposal = create_proposal(
                state="received", agent=agent, draft=draft, workflow=workflow, at=at
            )
            prepare(at)
            states.append(Proposal.objects.get(pk=proposal.pk).state)

        assert states == ["approved", "approved", "approved", "in_review", "approved"]


def listen():
    sent: list[list[str]] = []

    def hear(sender, proposals, **rest):
        sent.append([proposal.pk for proposal in proposals])

    proposals_approved.connect(hear, weak=False, dispatch_uid="test")
    return sent


@pytest.fixture(autouse=True)
def _deaf_again():
    yield
    proposals_approved.disconnect(dispatch_uid="test")
