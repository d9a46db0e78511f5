"""Messages on their way: signed, once, at most two at a time, and tried again."""

import datetime as dt
import threading

import pytest
from standardwebhooks import Webhook

from orchestrator.agents import operations as agents
from orchestrator.kernel import clock as present
from orchestrator.webhooks import operations
from orchestrator.webhooks.models import Attempt, Delivery, Endpoint
from tests.factories import AT, get_user
from tests.webhooks.happening import deliver, happen

pytestmark = [pytest.mark.django_db, pytest.mark.req("K12", "E5")]


class TestDelivered:
    def test_arrives_signed_and_is_kept_with_its_attempt(self, agent, add, receiver, clock):
        made = add(receiver.url())
        happen(agent)
        clock.at = present.now()

        assert deliver(clock) == 1

        (got,) = receiver.received
        said = Webhook(made.secret).verify(got.body, got.headers)
        assert said == {
            "type": "proposal.committed",
            "timestamp": AT.isoformat(),
            "data": {"id": "prp_0"},
        }
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.finished_at) == ("delivered", clock.at)
        assert (delivery.id, delivery.tries) == (got.id, 1)
        attempt = Attempt.objects.get(delivery=delivery)
        assert (attempt.status, attempt.at) == (204, clock.at)

    def test_goes_to_no_endpoint_twice(self, agent, endpoint, receiver, clock):
        happen(agent, count=30)

        assert (deliver(clock), deliver(clock)) == (30, 0)
        assert len(set(receiver.ids)) == len(receiver.ids) == 30

    def test_has_at_most_two_on_their_way_to_one_endpoint(self, agent, endpoint, receiver, clock):
        receiver.answers.extend(["wait", "wait"])
        happen(agent, count=10)
        runs = threading.Thread(target=self.let_go_once_two_wait, args=(receiver,))
        runs.start()

        deliver(clock)
        runs.join()

        assert len(receiver.received) == 10
        assert receiver.most_together == 2

    def let_go_once_two_wait(self, receiver):
        for _ in range(2):
            assert receiver.waiting.acquire(timeout=10)
        receiver.let_go.set()

    def test_is_signed_with_both_secrets_until_the_overlap_is_over(
        self, agent, add, receiver, clock
    ):
        old = add(receiver.url())
        clock.at = present.now()
        new = operations.rotate_secret(
            endpoint=old.endpoint,
            overlap=dt.timedelta(minutes=1),
            by=get_user("ada").actor,
            at=clock.at,
        )
        happen(agent)
        deliver(clock)
        clock.pass_by(minutes=1)
        happen(agent)
        deliver(clock)

        first, second = receiver.received
        assert Webhook(old.secret).verify(first.body, first.headers)
        assert Webhook(new.secret).verify(first.body, first.headers)
        assert second.headers["webhook-signature"].count("v1,") == 1
        assert Webhook(new.secret).verify(second.body, second.headers)

    def test_waits_while_the_endpoint_is_paused_or_its_agent_suspended(
        self, agent, endpoint, receiver, clock
    ):
        by = get_user("ada").actor
        operations.pause(endpoint=endpoint, reason="Moving house.", by=by, at=AT)
        happen(agent)
        assert deliver(clock) == 0

        operations.resume(endpoint=endpoint, by=by, at=AT)
        agents.suspend(agent=agent, reason="Odd.", by=by, at=AT)
        assert deliver(clock) == 0

        agents.activate(agent=agent, reason="Fine.", by=by, at=AT)
        assert deliver(clock) == 1


class TestTriedAgain:
    @pytest.mark.parametrize("answer", [500, 503, 404, 302, "cut"])
    def test_goes_out_with_the_same_id_and_body_on_the_schedule(
        self, agent, endpoint, receiver, clock, answer
    ):
        receiver.answers.extend([answer, answer])
        happen(agent)

        assert deliver(clock) == 1
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.next_at) == ("pending", AT + dt.timedelta(seconds=5))
        clock.pass_by(seconds=4)
        assert deliver(clock) == 0
        clock.pass_by(seconds=1)
        assert deliver(clock) == 1
        clock.pass_by(minutes=5)
        assert deliver(clock) == 1

        assert len(set(receiver.ids)) == 1
        assert len({each.body for each in receiver.received}) == 1
        assert Delivery.objects.get().state == "delivered"
        assert Attempt.objects.count() == 3

    def test_goes_out_again_after_a_time_out(self, agent, endpoint, receiver, clock):
        receiver.answers.append("wait")
        happen(agent)
        deliver(clock, timeout=0.2)
        assert Delivery.objects.get().last_words == "No answer within 0.2 seconds."

        clock.pass_by(seconds=5)
        deliver(clock)

        assert len(receiver.ids) == 2
        assert len(set(receiver.ids)) == 1

    @pytest.mark.parametrize("status", [429, 503])
    def test_waits_as_long_as_it_is_asked_to(self, agent, endpoint, receiver, clock, status):
        receiver.answers.append((status, {"Retry-After": "600"}, b""))
        happen(agent)
        deliver(clock)

        asked = AT + dt.timedelta(minutes=10)
        assert Delivery.objects.get().next_at == asked
        assert Endpoint.objects.get().rests_until == asked
        happen(agent)
        assert deliver(clock) == 0

    def test_costs_one_look_while_an_endpoint_fails_however_much_waits(
        self, agent, endpoint, receiver, clock
    ):
        receiver.answers.extend([500] * 4)
        happen(agent, count=50)
        deliver(clock)
        assert 1 <= len(receiver.received) <= 2

        before = len(receiver.received)
        clock.pass_by(seconds=20)
        deliver(clock)
        assert len(receiver.received) == before + 1
        assert Delivery.objects.filter(tries=0).count() >= 47

    def test_lets_everything_out_once_the_endpoint_works_again(
        self, agent, endpoint, receiver, clock
    ):
        receiver.answers.append(500)
        happen(agent, count=25)
        deliver(clock)
        clock.pass_by(minutes=1)
        deliver(clock)

        assert not Delivery.objects.exclude(state="delivered").exists()
        assert Endpoint.objects.get().failing_since is None
