"""Messages on their way: tried, tried again, given up; one slow endpoint holds up nobody else."""

import datetime as dt
import json
import threading

import pytest
from django.db import connection
from standardwebhooks import Webhook

from audit.models import Entry
from orchestrator.agents import operations as agents
from orchestrator.kernel import clock as present
from orchestrator.webhooks import claiming, delivering, enqueueing, operations, recording
from orchestrator.webhooks.enqueueing import NewEvent
from orchestrator.webhooks.models import Attempt, Delivery, Endpoint, Notice
from tests.factories import AT, create_agent, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("K12", "E5")]
LATE = 15.0


def happen(agent, *, event="proposal.committed", count=1, at=AT):
    """Put events in the queue; return how many messages that makes."""
    return enqueueing.enqueue(
        events=[
            NewEvent(
                agent_id=agent.pk,
                event=event,
                at=at,
                subject_id=f"prp_{number}",
                data={"id": f"prp_{number}"},
            )
            for number in range(count)
        ],
        at=at,
    )


def deliver(clock, timeout=LATE):
    return delivering.deliver_due(at_clock=clock, timeout=timeout)


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch):
    """Let every wait be exactly as long as the schedule says."""
    monkeypatch.setitem(recording.record.__wrapped__.__kwdefaults__, "share", lambda: 0)


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


class TestGivenUp:
    def test_is_dead_after_the_last_try_and_everybody_learns_of_it(
        self, agent, endpoint, receiver, clock
    ):
        happen(agent)
        receiver.answers.extend([500] * 10)
        for _ in range(10):
            clock.at = Delivery.objects.get().next_at
            deliver(clock)

        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.tries, delivery.last_status) == ("dead", 10, 500)
        assert Notice.objects.filter(trouble="dead").get().messages == 1
        entry = Entry.objects.get(event="webhook.given_up")
        assert (entry.proposal_id, entry.detail["message"]) == ("prp_0", delivery.pk)

    def test_pauses_an_endpoint_that_has_failed_for_five_days(
        self, agent, endpoint, receiver, clock
    ):
        happen(agent)
        receiver.answers.extend([500] * 6)
        for _ in range(6):
            deliver(clock)
            clock.pass_by(hours=25)

        assert Endpoint.objects.get().state == "paused"
        assert Notice.objects.filter(trouble="failing").count() == 1
        assert Entry.objects.filter(event="webhook.stopped").count() == 1

    def test_is_gone_where_the_endpoint_says_so(self, agent, endpoint, receiver, clock):
        receiver.answers.append(410)
        happen(agent, count=3)

        deliver(clock)

        assert Endpoint.objects.get().state == "disabled"
        assert Delivery.objects.filter(state="dead").exists()
        assert [each.trouble for each in Notice.objects.all()] == ["gone"]
        assert deliver(clock) == 0
        assert happen(agent) == 0


class TestSideBySide:
    def test_one_slow_endpoint_holds_up_no_other(self, agent, add, receiver, clock):
        slow, fast = add(receiver.url("/slow")).endpoint, add(receiver.url("/fast")).endpoint
        receiver.answers.append("wait")
        happen(agent)
        fast_ones = Delivery.objects.filter(endpoint=fast)
        # Only the slow one is due at first, so it is surely the one that waits.
        fast_ones.update(next_at=AT + dt.timedelta(seconds=1))
        checks = threading.Thread(
            target=self.let_go_once_the_other_is_there, args=(receiver, clock)
        )
        checks.start()

        assert deliver(clock) == 2
        checks.join()

        paths = [each.path for each in receiver.received]
        assert paths == ["/slow", "/fast"]
        assert Delivery.objects.get(endpoint=slow).state == "delivered"

    def let_go_once_the_other_is_there(self, receiver, clock):
        """While the slow one is kept waiting, the other becomes due and is served."""
        assert receiver.waiting.acquire(timeout=10)
        clock.pass_by(seconds=1)
        waited = threading.Event()
        for _ in range(1000):
            if len(receiver.received) == 2:
                break
            waited.wait(0.01)
        receiver.let_go.set()

    def test_those_that_work_come_before_those_that_fail(self, agent, add, receiver, clock):
        failing, working = add(receiver.url("/failing")).endpoint, add(receiver.url("/ok")).endpoint
        Endpoint.objects.filter(pk=failing.pk).update(failing_since=AT)
        happen(agent, count=5)

        (lane,) = claiming.claim(room=1, at=AT)

        assert (lane.endpoint_id, len(lane.parcels)) == (working.pk, 5)

    def test_an_endpoint_belongs_to_one_worker_at_a_time(self, agent, endpoint):
        happen(agent, count=50)

        (lane,) = claiming.claim(room=5, at=AT)

        assert len(lane.parcels) == claiming.LANE
        assert claiming.claim(room=5, at=AT) == []

    def test_a_secret_that_cannot_be_read_stops_its_endpoint_alone(
        self, agent, add, receiver, clock
    ):
        broken, sound = add(receiver.url("/broken")).endpoint, add(receiver.url("/sound")).endpoint
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE webhooks_endpoint SET secret = 'not ours' WHERE id = %s", [broken.pk]
            )
        happen(agent)

        deliver(clock)

        assert [each.path for each in receiver.received] == ["/sound"]
        assert "secret cannot be read" in Delivery.objects.get(endpoint=broken.pk).last_words
        assert Delivery.objects.get(endpoint=sound).state == "delivered"


class TestDeadWorkers:
    def test_leave_nothing_behind_that_does_not_go_out_with_its_id(
        self, agent, endpoint, receiver, clock
    ):
        happen(agent)
        (lane,) = claiming.claim(room=1, at=AT)
        clock.pass_by(minutes=1)
        assert deliver(clock) == 0

        clock.pass_by(minutes=1)
        assert deliver(clock) == 1
        assert receiver.ids == [lane.parcels[0].delivery_id]


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
