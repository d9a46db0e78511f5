"""Deliveries on their way: sent, tried again, failed over, failed, and none of them lost."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from orchestrator.notifications import claiming, reading, recording, sending
from orchestrator.notifications.channels.parcels import sent
from orchestrator.notifications.kinds import Kind
from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Channel, Delivery, Notification
from orchestrator.notifications.queries import undelivered
from orchestrator.notifications.states import FINAL, DeliveryState
from orchestrator.people.models import User
from tests.factories import AT, create_user
from tests.notifications.conftest import Worker
from tests.notifications.receiver import Receiver
from tests.notifications.telling import a_message, create_channel, person_without_mail, tell

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
LATER = dt.timedelta(hours=1)


def hook(receiver: Receiver, person: User, name: str, **more: Any) -> Channel:
    """Return a webhook of the person that leads to a path of the receiver."""
    return create_channel(person=person, address=f"{receiver.address}/{name}", **more)


def states() -> Counter[str]:
    return Counter(Delivery.objects.values_list("state", flat=True))


class TestSending:
    def test_reaches_the_receiver_with_an_id_that_it_can_fold_by(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "a")
        told = tell(person)
        assert worker.run() == 1
        delivery = told.deliveries.get()
        ((_, headers, body),) = receiver.got
        assert headers["X-Countersign-Delivery"] == body["delivery"] == delivery.pk
        assert body["url"].endswith("/proposals/prp_1/")
        assert (delivery.state, delivery.sent_at, delivery.answer) == ("sent", AT, "HTTP 200")
        assert delivery.channel.verified_at == AT

    @pytest.mark.req("B6")
    def test_keeps_details_from_channels_that_may_not_carry_them(self, receiver, worker):
        closed, open_to = person_without_mail(), person_without_mail()
        hook(receiver, closed, "closed")
        hook(receiver, open_to, "open", carries_details=True)
        sending.notify(people=[closed, open_to], message=a_message(), at=AT)
        worker.run()
        assert "Northwind" not in str(receiver.bodies("/closed"))
        assert "Northwind" in str(receiver.bodies("/open"))

    def test_sends_pages_before_anything_else(self, receiver, worker, monkeypatch):
        monkeypatch.setattr(claiming, "BATCH", 1)
        person = person_without_mail()
        hook(receiver, person, "a")
        tell(person, urgency=Urgency.NORMAL)
        tell(person, urgency=Urgency.PAGE, key="page")
        assert worker.run() == 2
        assert [body["urgency"] for body in receiver.bodies("/a")] == ["page", "normal"]

    def test_leaves_out_what_was_read_meanwhile_but_never_a_page(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "a")
        told = tell(person)
        tell(person, urgency=Urgency.PAGE, key="page")
        assert reading.mark_all_read(person=person, at=AT) == 2
        assert worker.run() == 1
        assert told.deliveries.get().state == DeliveryState.CANCELLED


class TestFailing:
    def test_is_tried_again_after_a_pause_under_the_same_id(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "a")
        receiver.answers["/a"] = [503, 200]
        told = tell(person)
        assert (worker.run(), worker.run()) == (1, 0)
        assert told.deliveries.get().error == "HTTP 503 ok"
        assert worker.run(after=30) == 1
        assert {body["delivery"] for body in receiver.bodies("/a")} == {told.deliveries.get().pk}
        assert told.deliveries.get().attempts == 2

    def test_fails_over_to_the_next_channel_and_names_what_it_took_over(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "bad")
        second = hook(receiver, person, "good")
        receiver.answers["/bad"] = [410]
        told = tell(person)
        worker.run()
        worker.run()
        first, taken = told.deliveries.order_by("pk")
        assert (first.state, taken.state) == ("failed_over", "sent")
        assert (taken.takes_over, taken.channel) == (first, second)

    def test_says_where_everybody_can_see_it_when_every_channel_failed(self, receiver, worker):
        person = person_without_mail()
        for name in ("a", "b"):
            hook(receiver, person, name)
            receiver.answers[f"/{name}"] = [404]
        told = tell(person)
        worker.run_until_quiet()
        assert sorted(each.state for each in told.deliveries.all()) == ["failed", "failed_over"]
        assert undelivered(at=worker.at) == [told]

    def test_goes_round_a_parked_channel_with_what_is_urgent(self, receiver, worker):
        person = person_without_mail()
        parked = hook(receiver, person, "parked")
        told = tell(person, urgency=Urgency.HIGH)
        slow = tell(person, key="another")
        hook(receiver, person, "good")
        Channel.objects.filter(pk=parked.pk).update(parked_until=AT + LATER)
        worker.run()
        assert receiver.bodies("/parked") == []
        assert told.deliveries.get(state="sent").channel.address.endswith("/good")
        assert slow.deliveries.get().state == DeliveryState.QUEUED

    def test_parks_a_channel_that_fails_again_and_again(self, receiver, worker):
        person = person_without_mail()
        channel = hook(receiver, person, "a")
        receiver.answers["/a"] = [500]
        tell(person, urgency=Urgency.HIGH)
        for _ in range(3):
            worker.run(after=60)
        channel.refresh_from_db()
        assert channel.failures == 3
        assert channel.parked_until > worker.at

    def test_does_not_keep_one_slow_channel_in_the_way_of_others(self, receiver, worker, settings):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "notify_timeout_seconds": 0.3}
        slow, quick = person_without_mail(), person_without_mail()
        # Listens, and never answers.
        hook(receiver, slow, "silent")
        hook(receiver, quick, "quick")
        receiver.answers["/silent"] = [0]
        sending.notify(people=[slow, quick], message=a_message(), at=AT)
        assert worker.run() == 2
        assert states() == {"sent": 1, "queued": 1}
        assert Delivery.objects.get(state="queued").error.startswith("Not reachable")


class TestDeadWorkers:
    def test_leave_what_another_one_sends_again_under_the_same_id(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "a")
        told = tell(person)
        (lane,) = claiming.claim(at=AT)
        assert worker.run() == 0
        worker.run(after=121)
        assert worker.run(after=60) == 1
        assert receiver.bodies("/a")[0]["delivery"] == lane.parcels[0][0].pk
        assert told.deliveries.get().state == DeliveryState.SENT

    def test_change_nothing_when_they_come_back_late(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "a")
        receiver.answers["/a"] = [404]
        told = tell(person)
        (lane,) = claiming.claim(at=AT)
        worker.run(after=121)
        worker.run_until_quiet()
        recording.record([(lane.parcels[0][0], sent("late"))], at=worker.at)
        assert told.deliveries.get().state == DeliveryState.FAILED


class TestDigests:
    def test_say_in_one_message_what_is_still_unread(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "a")
        tell(person, urgency=Urgency.LOW, title="first", key="1")
        read = tell(person, urgency=Urgency.LOW, title="second", key="2")
        reading.mark_read(notification_id=read.pk, person=person, at=AT)
        assert (worker.run(), worker.run(after=22 * 3600)) == (0, 1)
        (body,) = receiver.bodies("/a")
        assert (body["title"], body["lines"]) == ("1 notification you have not read", ["first"])

    def test_are_not_sent_when_everything_was_read(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "a")
        tell(person, urgency=Urgency.LOW)
        reading.mark_all_read(person=person, at=AT)
        assert worker.run(after=22 * 3600) == 0
        assert states() == {"cancelled": 1}

    def test_fail_over_with_everything_that_they_gathered(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "bad")
        receiver.answers["/bad"] = [410]
        hook(receiver, person, "good")
        told = tell(person, urgency=Urgency.LOW)
        worker.run(after=22 * 3600)
        assert states() == {"failed_over": 1, "sent": 1}
        told.refresh_from_db()
        assert told.digest.state == DeliveryState.SENT


class TestConclusion:
    def test_cancels_what_was_not_sent_and_follows_up_what_was(self, receiver, worker):
        early, late = person_without_mail(), person_without_mail()
        hook(receiver, early, "early")
        hook(receiver, late, "late")
        first = tell(early)
        worker.run()
        tell(late, at=AT)
        conclude("Approved by Ben")
        worker.run()
        assert receiver.bodies("/late") == []
        assert [body["state"] for body in receiver.bodies("/early")] == ["open", "settled"]
        assert receiver.bodies("/early")[1]["lines"] == ["Approved by Ben"]
        first.refresh_from_db()
        assert (first.settled_at, first.settled_words) == (AT, "Approved by Ben")

    def test_is_said_once(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "a")
        tell(person)
        worker.run()
        conclude("Approved by Ben")
        conclude("Denied by Cleo")
        worker.run_until_quiet()
        assert len(receiver.bodies("/a")) == 2
        assert Notification.objects.get().settled_words == "Approved by Ben"

    def test_reaches_whoever_got_the_message_while_it_was_settled(self, receiver, worker):
        person = person_without_mail()
        hook(receiver, person, "a")
        tell(person)
        (lane,) = claiming.claim(at=AT)
        conclude("Approved by Ben")
        recording.record([(lane.parcels[0][0], sent("took it"))], at=AT)
        assert worker.run() == 1
        assert receiver.bodies("/a")[0]["state"] == "settled"

    def test_resolves_the_incident_that_was_opened(self, receiver, worker):
        person = person_without_mail()
        create_channel(person=person, kind=Kind.PAGERDUTY, address="pagerduty://" + "k" * 32)
        create_channel(person=person, kind=Kind.OPSGENIE, address="opsgenie://" + "o" * 36)
        receiver.answers["/pagerduty/v2/enqueue"] = [202]
        told = tell(person, urgency=Urgency.PAGE)
        worker.run()
        conclude("Denied by Ben")
        worker.run()
        events = receiver.bodies("/pagerduty/v2/enqueue")
        assert [event["event_action"] for event in events] == ["trigger", "resolve"]
        assert {event["dedup_key"] for event in events} == {told.pk}
        assert {event["routing_key"] for event in events} == {"k" * 32}


def test_no_delivery_is_ever_lost(receiver, worker):
    people = [create_user() if number % 2 else person_without_mail() for number in range(12)]
    for number, person in enumerate(people):
        for name in ("x", "y")[: number % 3]:
            hook(receiver, person, f"{name}{number}")
            receiver.answers[f"/{name}{number}"] = [(200, 503, 410, 0)[number % 4]]
    for number, urgency in enumerate(Urgency):
        message = a_message(urgency=urgency, key=f"k{number}", subject_id=f"s{number}")
        sending.notify(people=people, message=message, at=AT)
    worker.run()
    sending.conclude(subject_kind="proposal", subject_id="s1", words="Done", at=worker.at)
    worker.run_until_quiet()
    worker.run(after=24 * 3600)
    worker.run_until_quiet()
    assert set(states()) <= set(FINAL)
    over = Delivery.objects.filter(state="failed_over")
    assert over.count() == Delivery.objects.filter(takes_over__isnull=False).count()
    assert states()["sent"] > 20


def conclude(words: str) -> None:
    sending.conclude(subject_kind="proposal", subject_id="prp_1", words=words, at=AT)


def test_a_worker_runs_on_after_nothing_was_due(worker: Worker):
    assert worker.run() == 0
