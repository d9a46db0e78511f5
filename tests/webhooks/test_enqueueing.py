"""Messages are put in the queue of every endpoint that is told of an event."""

import json

import pytest

from orchestrator.agents import operations as agents
from orchestrator.webhooks import enqueueing
from orchestrator.webhooks.enqueueing import NewEvent
from orchestrator.webhooks.models import Endpoint
from tests.factories import AT, create_agent, get_user
from tests.webhooks.happening import happen

pytestmark = [pytest.mark.django_db, pytest.mark.req("K12", "E5")]


class TestEnqueue:
    def test_makes_one_message_for_each_endpoint_that_is_told_of_it(self, agent, add, receiver):
        add(receiver.url("/all"))
        add(receiver.url("/denied"), events=["proposal.denied"])

        assert happen(agent) == 1
        assert happen(agent, event="proposal.denied") == 2

    def test_makes_none_for_other_agents_nor_for_one_that_is_gone(self, agent, add, receiver):
        gone = add(receiver.url()).endpoint
        Endpoint.objects.filter(pk=gone.pk).update(state="disabled")

        assert happen(agent) == happen(create_agent()) == 0

    def test_makes_none_for_a_retired_agent(self, agent, endpoint):
        agents.retire(agent=agent, reason="Over.", by=get_user("ada").actor, at=AT)

        assert happen(agent) == 0

    def test_takes_few_statements_for_very_many(self, agent, endpoint, django_assert_num_queries):
        with django_assert_num_queries(2):
            assert happen(agent, count=1000) == 1000

    def test_refuses_what_no_endpoint_could_be_asked_to_take(self, agent, endpoint):
        event = NewEvent(
            agent_id=agent.pk,
            event="proposal.denied",
            at=AT,
            subject_id="x",
            data={"a": "b" * 30000},
        )
        with pytest.raises(enqueueing.TooLong):
            enqueueing.enqueue(events=[event], at=AT)


class TestBody:
    def test_says_type_time_and_data(self, agent):
        event = NewEvent(
            agent_id=agent.pk, event="proposal.denied", at=AT, subject_id="x", data={"id": "ö"}
        )
        assert json.loads(enqueueing.body_of(event)) == {
            "type": "proposal.denied",
            "timestamp": "2026-11-18T10:00:00+00:00",
            "data": {"id": "ö"},
        }
