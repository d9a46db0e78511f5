"""What was true at the approval is asked again at the claim."""

import datetime as dt

import pytest

from approvals import submission
from approvals.content import DraftChange
from approvals.models import Proposal
from audit import queries as ledger
from orchestrator.agents import operations as agents
from orchestrator.agents.models import Agent, Grant
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.workflows.models import Workflow
from tests.commits.scene import (
    SOON,
    approve,
    approve_automatically,
    commit_of,
    drain,
    opportunity,
    state_of,
)
from tests.factories import AT, SETUP, create_grant

pytestmark = pytest.mark.django_db
LATER = SOON + dt.timedelta(minutes=10)


class TestWhatMustStillBeTrue:
    def test_a_withdrawn_proposal_is_cancelled(self, crm):
        proposal = approve(opportunity(crm))
        by = Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label)
        submission.withdraw(proposal=proposal, reason="Changed my mind.", by=by, at=AT)

        drain()

        assert crm.writes == []
        assert commit_of(proposal).state == "cancelled"

    def test_nothing_is_written_after_execute_by(self, crm):
        proposal = approve(opportunity(crm))
        proposal = Proposal.objects.get(pk=proposal.pk)

        drain(at=proposal.execute_by)

        assert crm.writes == []
        assert commit_of(proposal).state == "queued"

    def test_a_suspended_agent_waits_and_says_so_once(self, crm):
        proposal = approve(opportunity(crm))
        agent = Agent.objects.get()
        agents.suspend(agent=agent, reason="Odd.", by=SETUP, at=AT)

        drain()
        drain()

        assert crm.writes == []
        events = [entry.event for entry in ledger.timeline(proposal.pk)]
        assert events.count("commit.held") == 1

    def test_observe_mode_waits(self, crm):
        proposal = approve(opportunity(crm))
        Workflow.objects.update(mode="observe")

        drain()

        assert crm.writes == []
        assert commit_of(proposal).error_code == "observing"

    def test_what_policy_approved_alone_goes_to_people_when_the_mode_was_lowered(self, crm):
        change = DraftChange(operation="create", object_name="Lead", fields={"Name": "New"})
        proposal = approve_automatically("enrich_lead", change)
        Workflow.objects.update(mode="propose")

        drain()

        assert crm.writes == []
        assert state_of(proposal) == "in_review"
        assert commit_of(proposal).error_code == "mode_lowered"

    def test_a_grant_that_ended_goes_back(self, crm):
        proposal = approve(opportunity(crm))
        Grant.objects.update(ends_at=AT + dt.timedelta(seconds=1))

        drain()

        assert crm.writes == []
        assert commit_of(proposal).error_code == "grant_ended"
        assert state_of(proposal) in {"in_review", "refused"}


class TestRecordFilter:
    def narrow(self, text):
        Grant.objects.filter(object_name="Opportunity").update(record_filter=text)

    def test_a_record_that_left_the_filter_meanwhile_goes_back_to_people(self, crm):
        key = opportunity(crm)
        proposal = approve(key, NextStep="Call Ann")
        self.narrow('record.Description != "hands off"')
        crm.edit(key, Description="hands off")

        drain()

        assert crm.writes == []
        assert state_of(proposal) == "in_review"
        assert commit_of(proposal).error_code == "grant_ended"

    def test_a_record_inside_the_filter_is_written_and_nothing_more_of_it_is_kept(self, crm):
        key = opportunity(crm, Description="an open deal")
        proposal = approve(key, NextStep="Call Ann")
        self.narrow('record.Description != "hands off"')

        drain()

        assert state_of(proposal) == "committed"
        assert set(commit_of(proposal).before[0]["values"]) == {"NextStep"}

    def test_another_grant_may_cover_what_the_filter_leaves_out(self, crm):
        key = opportunity(crm, Description="hands off")
        proposal = approve(key, NextStep="Call Ann")
        self.narrow('record.Description != "hands off"')
        agent = Agent.objects.get(slug="hygiene-agent")
        create_grant(agent=agent, workflow=proposal.workflow, fields=["NextStep"])

        drain()

        assert state_of(proposal) == "committed"
