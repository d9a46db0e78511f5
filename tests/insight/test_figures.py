"""Workflows and agents in figures: counted right, bounded, and only for whoever may see them."""

import datetime as dt

import pytest
import time_machine

from approvals.models import Proposal
from orchestrator.insight import outcome_counts
from orchestrator.insight.outcome_counts import Counts, counts_of
from orchestrator.people import operations as people
from tests.factories import (
    AT,
    SETUP,
    create_draft,
    create_granted_agent,
    create_proposal,
    create_role,
    create_workflow,
    get_user,
)
from tests.pages import shown, signed_in
from tests.standard_workflow import WORKFLOW

pytestmark = [pytest.mark.django_db, pytest.mark.req("G1")]
MOST_QUERIES = 20
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def workflow(crm):
    for number in range(1, 9):
        crm.add("Opportunity", f"006{number:012d}AAA", Name="Deal", StageName="Prospecting")
    return create_workflow()


@pytest.fixture
def agent(workflow):
    return create_granted_agent(workflow=workflow, slug="hygiene-agent")


def propose(agent, number=1, state="in_review", at=AT):
    draft = create_draft(record_id=f"006{number:012d}AAA")
    return create_proposal(agent=agent, state=state, draft=draft, at=at)


def age(proposal, *, days):
    """Let a proposal have been made longer ago."""
    Proposal.objects.filter(pk=proposal.pk).update(created_at=AT - dt.timedelta(days=days))


def count(workflow, **more):
    return counts_of(
        "workflow", workflow.pk, workflows=[workflow.pk], since=AT - dt.timedelta(days=30),
        until=LATER, **more,
    )  # fmt: skip


class TestCounts:
    def test_tell_what_people_decided_from_what_is_open(self, workflow, agent):
        propose(agent, 1, "approved")
        propose(agent, 2, "denied")
        propose(agent, 3)

        found = count(workflow)

        assert found.by_state == {"approved": 1, "denied": 1, "in_review": 1}
        assert (found.judged, found.said_yes, found.approval_rate) == (2, 1, 0.5)
        assert found.made == 3

    def test_leave_out_what_lies_outside_the_window(self, workflow, agent):
        age(propose(agent, 1, "denied"), days=31)
        propose(agent, 2, "withdrawn")

        assert count(workflow).by_state == {"withdrawn": 1}

    def test_keep_the_shorter_window_apart(self, workflow, agent):
        age(propose(agent, 1, "withdrawn"), days=10)
        propose(agent, 2, "withdrawn")

        found = count(workflow, recent=AT - dt.timedelta(days=7))

        assert (found.by_state, found.recent) == ({"withdrawn": 2}, {"withdrawn": 1})

    def test_say_when_they_are_only_a_bound(self, workflow, agent, monkeypatch):
        monkeypatch.setattr(outcome_counts, "CAP", 2)
        for number in (1, 2, 3):
            propose(agent, number, "withdrawn")

        found = count(workflow)

        assert found.by_state == {"withdrawn": 2}
        assert found.capped

    def test_have_no_rates_of_nothing(self):
        empty = Counts()

        assert (empty.approval_rate, empty.edit_rate, empty.exception_rate) == (None, None, None)
        assert empty.median is None

    @pytest.mark.parametrize(
        ("seconds", "middle"), [([60.0], 60), ([10.0, 30.0], 20), ([5.0, 900.0, 60.0], 60)]
    )
    def test_know_the_middle(self, seconds, middle):
        assert Counts(seconds=seconds).median == dt.timedelta(seconds=middle)


class TestWorkflowFigures:
    def test_say_over_what_each_was_counted(self, workflow, agent):
        propose(agent, 1, "approved")
        propose(agent, 2)

        page = shown(signed_in("dora"), "/workflows/deal-hygiene/figures/")

        assert "1 approved of 1 that people decided" in page
        assert "2 of them open still" in page
        assert "Deal desk" in page

    def test_say_what_to_do_where_nothing_was_proposed(self, workflow):
        page = shown(signed_in("dora"), "/workflows/deal-hygiene/figures/")

        assert "Nothing was proposed in this time" in page
        assert "Nobody has anything to decide here" in page

    def test_are_not_there_for_whoever_may_not_see_the_workflow(self, workflow):
        eve = signed_in("eve")

        hidden = eve.get("/workflows/deal-hygiene/figures/")
        missing = eve.get("/workflows/nothing-there/figures/")

        assert (hidden.status_code, missing.status_code) == (404, 404)

    def test_come_alone_where_the_page_asks_for_them(self, workflow):
        answer = signed_in("dora").get(
            "/workflows/deal-hygiene/figures/",
            headers={"HX-Request": "true", "HX-Target": "figures"},
        )

        assert answer.content.decode().lstrip().startswith('<div id="figures"')

    def test_cost_as_much_for_many_as_for_few(self, workflow, agent, django_assert_max_num_queries):
        for number in range(1, 7):
            propose(agent, number)
        dora = signed_in("dora")
        with django_assert_max_num_queries(MOST_QUERIES):
            dora.get("/workflows/deal-hygiene/figures/")


class TestAgentActivity:
    def test_tells_outcomes_and_the_newest_proposals(self, workflow, agent):
        proposal = propose(agent, 1, "denied")

        page = shown(signed_in("dora"), f"/agents/{agent.pk}/activity/")

        assert f"/proposals/{proposal.pk}/" in page
        assert "Denied" in page

    def test_tells_nothing_of_workflows_that_the_person_may_not_see(self, workflow, agent):
        proposal = propose(agent, 1)

        page = shown(signed_in("eve"), f"/agents/{agent.pk}/activity/")

        assert proposal.pk not in page
        assert "It proposed nothing in 30 days" in page

    def test_keeps_workflows_apart_for_whoever_sees_one_of_them(self, workflow, agent):
        other = create_workflow(slug="other")
        role = create_role(slug="watchers", members=[get_user("ida")])
        people.grant_right(role=role, workflow=other, right="view", by=SETUP, at=AT)
        proposal = propose(agent, 1)

        assert proposal.pk not in shown(signed_in("ida"), f"/agents/{agent.pk}/activity/")

    def test_says_what_is_left_and_what_is_only_declared(self, agent, crm):
        limits = (
            "limits:\n  - {{ per: agent, writes: 5, window: 1 hour }}\n"
            "  - {{ per: workflow, value: record.Amount, at_most: 100000.0, window: 1 day }}\n"
        )
        from_file = WORKFLOW + limits
        limited = create_workflow(slug="limited", source=from_file)
        people.grant_right(
            role=create_role(slug="watchers", members=[get_user("ida")]),
            workflow=limited, right="view", by=SETUP, at=AT,
        )  # fmt: skip
        busy = create_granted_agent(workflow=limited, slug="busy")

        page = shown(signed_in("ida"), f"/agents/{busy.pk}/activity/")

        assert "5 left, 0 used" in page
        assert "declared only" in page

    def test_costs_as_much_for_many_as_for_few(
        self, workflow, agent, django_assert_max_num_queries
    ):
        for number in range(1, 7):
            propose(agent, number)
        dora = signed_in("dora")
        with django_assert_max_num_queries(MOST_QUERIES):
            dora.get(f"/agents/{agent.pk}/activity/")
