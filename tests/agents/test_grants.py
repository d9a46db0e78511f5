"""Grants: what an agent may propose, where, from when until when."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit import queries as ledger
from audit.queries import Filters
from orchestrator.agents import operations
from orchestrator.agents.grants import BadGrant, GrantIsOver
from orchestrator.agents.models import Grant
from orchestrator.agents.queries import grants_in_force, grants_of
from orchestrator.policy.conditions import BadCondition
from tests.registry_factories import AT, SETUP, create_agent, create_grant, create_workflow

pytestmark = [pytest.mark.django_db, pytest.mark.req("B2", "B3")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def workflow():
    return create_workflow()


class TestGiveGrant:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"object_name": "Opp-ortunity"},
            {"fields": ["Stage Name"]},
            {"operations": ["upsert"]},
            {"operations": []},
            {"fields": []},
            {"reason": " "},
            {"ends_at": AT - DAY},
            {"starts_at": AT + DAY, "ends_at": AT + DAY},
        ],
    )
    def test_refuses_what_makes_no_sense(self, workflow, wrong):
        values = {
            "object_name": "Lead", "fields": ["Name"], "operations": ["update"],
            "record_filter": "", "starts_at": AT, "ends_at": None, "reason": "Why.", **wrong,
        }  # fmt: skip

        with pytest.raises(BadGrant):
            operations.give_grant(
                agent=create_agent(), workflow=workflow, by=SETUP, at=AT, **values
            )

        assert not Grant.objects.exists()

    @pytest.mark.req("B1")
    def test_keeps_environments_apart(self, workflow):
        with pytest.raises(BadGrant, match="Register an agent there"):
            create_grant(agent=create_agent(environment="dev"), workflow=workflow)

    def test_refuses_a_record_filter_that_cannot_be_judged(self, workflow):
        with pytest.raises(BadCondition):
            create_grant(agent=create_agent(), workflow=workflow, record_filter="record.Amount >")

    def test_is_written_to_the_ledger_in_full(self, workflow):
        create_grant(
            agent=create_agent(), workflow=workflow, fields=["StageName"],
            record_filter="record.Amount < 50000.0", ends_at=AT + DAY,
        )  # fmt: skip

        line = ledger.search(filters=Filters(event="agent.grant_given")).lines[0]

        assert line.workflow == workflow.slug
        assert line.detail["fields"] == ["StageName"]
        assert line.detail["record_filter"] == "record.Amount < 50000.0"
        assert line.detail["ends_at"] == (AT + DAY).isoformat()

    def test_the_database_itself_refuses_a_grant_that_ends_before_it_starts(self, workflow):
        grant = create_grant(agent=create_agent(), workflow=workflow)

        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.filter(pk=grant.pk).update(ends_at=grant.starts_at)


class TestEndGrant:
    def test_ends_it_at_that_moment(self, workflow):
        agent = create_agent()
        grant = create_grant(agent=agent, workflow=workflow)

        operations.end_grant(grant=grant, reason="Project over.", by=SETUP, at=AT)

        assert grants_of(agent=agent, at=AT) == []
        assert grants_of(agent=agent, at=AT - DAY / 2) == [grant]

    def test_keeps_one_that_has_not_begun_from_ever_holding(self, workflow):
        agent = create_agent()
        grant = create_grant(agent=agent, workflow=workflow, starts_at=AT + DAY)

        operations.end_grant(grant=grant, reason="Not needed.", by=SETUP, at=AT)

        assert grants_of(agent=agent, at=AT + 2 * DAY) == []

    def test_works_once(self, workflow):
        grant = create_grant(agent=create_agent(), workflow=workflow)
        operations.end_grant(grant=grant, reason="Over.", by=SETUP, at=AT)

        with pytest.raises(GrantIsOver):
            operations.end_grant(grant=grant, reason="Over.", by=SETUP, at=AT)


class TestGrantsInForce:
    def test_begin_and_end_by_themselves(self, workflow):
        agent = create_agent()
        create_grant(agent=agent, workflow=workflow, starts_at=AT + DAY, ends_at=AT + 2 * DAY)

        held = [bool(grants_of(agent=agent, at=AT + DAY * days)) for days in (0.99, 1, 1.99, 2)]

        assert held == [False, True, True, False]

    def test_are_found_by_agent_and_workflow_in_one_query(
        self, workflow, django_assert_num_queries
    ):
        other = create_workflow(slug="other")
        first, second = create_agent(), create_agent()
        for agent in (first, second):
            create_grant(agent=agent, workflow=workflow)
        create_grant(agent=first, workflow=other)

        with django_assert_num_queries(1):
            found = grants_in_force(
                agent_ids=[first.pk, second.pk], workflow_ids=[workflow.pk], at=AT
            )

        assert set(found) == {(first.pk, workflow.pk), (second.pk, workflow.pk)}
