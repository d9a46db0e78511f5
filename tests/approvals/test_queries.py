"""What an agent may read of its own proposals."""

import pytest

from approvals import queries
from orchestrator.kernel.errors import NotFound
from tests.factories import create_granted_agent, create_proposal, create_workflow

pytestmark = pytest.mark.django_db


def page(agent, **wanted):
    given = {"state": "", "workflow": "", "after": "", "limit": 50, **wanted}
    return [each.pk for each in queries.own_proposals(agent=agent, **given)]


class TestOwnProposal:
    def test_returns_the_agents_own(self, crm, record):
        proposal = create_proposal()

        found = queries.own_proposal(agent=proposal.agent, proposal_id=proposal.pk)
        assert found.pk == proposal.pk

    @pytest.mark.req("B1")
    def test_knows_nothing_of_other_agents(self, crm, record):
        proposal = create_proposal()
        stranger = create_granted_agent(workflow=proposal.workflow)

        with pytest.raises(NotFound):
            queries.own_proposal(agent=stranger, proposal_id=proposal.pk)


class TestOwnProposals:
    def test_lists_the_oldest_first_and_continues_after_one(self, crm, record):
        first, second, third = (create_proposal() for _ in range(3))

        assert page(first.agent, limit=2) == [first.pk, second.pk]
        assert page(first.agent, after=second.pk) == [third.pk]

    def test_filters_by_state_and_workflow(self, crm, record):
        waiting = create_proposal()
        denied = create_proposal(state="denied")

        assert page(waiting.agent, state="denied") == [denied.pk]
        assert page(waiting.agent, workflow="deal-hygiene") == [waiting.pk, denied.pk]
        assert page(waiting.agent, workflow="another") == []

    def test_takes_the_same_queries_for_one_and_for_many(
        self, crm, record, django_assert_num_queries
    ):
        agent = create_granted_agent(workflow=create_workflow(), slug="hygiene-agent")
        for _ in range(3):
            create_proposal(agent=agent)

        # The proposals, their revisions, and how far their reviews are.
        with django_assert_num_queries(3):
            found = queries.own_proposals(agent=agent, state="", workflow="", after="", limit=9)
            assert [queries.status_of(each)["state"] for each in found] == ["in_review"] * 3


class TestStatusOf:
    def test_shows_the_provisional_route_until_the_records_are_read(self, crm, record):
        status = queries.status_of(create_proposal(state="received"))

        assert status["route"]["provisional"] is True
        assert (status["findings"], status["closed"]) == ([], False)

    def test_shows_the_frozen_route_afterwards(self, crm, record):
        status = queries.status_of(create_proposal())

        assert status["route"]["provisional"] is False
        assert [stage["role"] for stage in status["route"]["stages"]] == ["deal-desk"]
        assert status["findings"][0]["rule"] == "mode"

    @pytest.mark.req("L1")
    def test_tells_the_agent_why_it_was_denied(self, crm, record):
        status = queries.status_of(create_proposal(state="denied"))

        assert status["outcome"] == {"code": "wrong_value", "text": "Because."}
        assert status["closed"] is True

    def test_passes_on_the_question(self, crm, record):
        status = queries.status_of(create_proposal(state="revision_requested"))

        assert status["question"] == "Because."

    def test_asks_nothing_otherwise(self, crm, record):
        status = queries.status_of(create_proposal(state="approved"))

        assert status["question"] is None
        assert status["execute_by"] is not None
