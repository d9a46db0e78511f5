"""What is forgotten of webhooks and when, and how long the oldest message has been due."""

import datetime as dt

import pytest

from orchestrator.agents.models import Agent
from orchestrator.insight import delivery_metrics
from orchestrator.webhooks import operations, replaying, retention
from orchestrator.webhooks.models import Attempt, Delivery, Endpoint, Notice
from tests.factories import AT, get_user
from tests.webhooks.happening import deliver, happen

pytestmark = [pytest.mark.django_db, pytest.mark.req("K12")]
DAY = dt.timedelta(days=1)


class TestForgetOld:
    def test_takes_what_was_delivered_with_its_tries(self, agent, endpoint, clock):
        happen(agent, count=2)
        deliver(clock)

        assert retention.forget_old(at=AT + 29 * DAY) == 0
        assert Attempt.objects.count() == 2
        assert retention.forget_old(at=AT + 31 * DAY) == 2
        assert not Delivery.objects.exists()
        assert not Attempt.objects.exists()

    def test_works_in_small_batches_until_nothing_is_left(
        self, agent, endpoint, clock, monkeypatch
    ):
        monkeypatch.setattr(retention, "BATCH", 2)
        happen(agent, count=5)
        deliver(clock)

        assert retention.forget_old(at=AT + 31 * DAY) == 5

    def test_keeps_what_waits_however_old(self, agent, endpoint):
        happen(agent)

        assert retention.forget_old(at=AT + 400 * DAY) == 0

    def test_keeps_what_was_given_up_much_longer(self, agent, endpoint, receiver, clock):
        receiver.answers.append(410)
        happen(agent)
        deliver(clock)
        Notice.objects.update(told_at=AT)

        assert retention.forget_old(at=AT + 119 * DAY) == 0
        assert retention.forget_old(at=AT + 121 * DAY) == 1
        assert not Notice.objects.exists()

    def test_keeps_what_is_sent_again(self, agent, endpoint, clock):
        happen(agent)
        deliver(clock)
        by = get_user("ada").actor
        replaying.replay_since(endpoint=endpoint, since=AT, by=by, at=AT + 29 * DAY)

        assert retention.forget_old(at=AT + 31 * DAY) == 0

    def test_takes_what_came_while_its_endpoint_was_removed(self, agent, endpoint):
        operations.remove(endpoint=endpoint, reason="Old.", by=get_user("ada").actor, at=AT)
        Delivery.objects.create(
            endpoint=endpoint, event="proposal.denied", body="{}", created_at=AT, next_at=AT
        )

        assert retention.forget_old(at=AT + 31 * DAY) == 1

    def test_takes_what_waits_for_an_agent_that_is_retired(self, agent, endpoint):
        happen(agent)
        Agent.objects.filter(pk=agent.pk).update(state="retired")

        assert retention.forget_old(at=AT + 29 * DAY) == 0
        assert retention.forget_old(at=AT + 31 * DAY) == 1

    def test_forgets_an_old_secret_that_signs_nothing_any_more(self, endpoint):
        by = get_user("ada").actor
        operations.rotate_secret(endpoint=endpoint, overlap=DAY, by=by, at=AT)

        retention.forget_old(at=AT + DAY / 2)
        assert Endpoint.objects.get().old_secret
        retention.forget_old(at=AT + DAY)
        kept = Endpoint.objects.get()
        assert (kept.old_secret, kept.old_secret_until) == ("", None)


def oldest(at):
    found = {each.name: each.samples for each in delivery_metrics.families(at)}
    return dt.timedelta(seconds=found["countersign_webhook_oldest_seconds"][0].value)


class TestTheOldestThatCouldLeave:
    def test_is_as_old_as_it_has_been_due(self, agent, endpoint):
        assert oldest(AT) == dt.timedelta(0)
        happen(agent, at=AT)
        happen(agent, at=AT + DAY)

        assert oldest(AT + 2 * DAY) == 2 * DAY

    def test_is_none_that_waits_on_purpose(self, agent, endpoint):
        happen(agent)
        Endpoint.objects.update(rests_until=AT + DAY)
        assert oldest(AT + DAY / 2) == dt.timedelta(0)
        assert oldest(AT + DAY) == DAY

        Agent.objects.filter(pk=agent.pk).update(state="suspended")
        assert oldest(AT + DAY) == dt.timedelta(0)
