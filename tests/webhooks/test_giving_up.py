"""Messages that are given up, endpoints that stop, and one that holds up nobody else."""

import datetime as dt
import threading

import pytest
from django.db import connection

from audit.models import Entry
from orchestrator.webhooks import claiming
from orchestrator.webhooks.models import Delivery, Endpoint, Notice
from tests.factories import AT
from tests.webhooks.happening import deliver, happen

pytestmark = [pytest.mark.django_db, pytest.mark.req("K12", "E5")]


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
