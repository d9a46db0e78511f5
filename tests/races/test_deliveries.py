"""A worker that sends is killed at every step: nothing is lost, and what comes twice says so."""

import datetime as dt
import signal
from collections import Counter

import pytest

from orchestrator.notifications.delivery import deliver_due
from orchestrator.notifications.models import Delivery
from orchestrator.notifications.sending import notify
from tests.factories import AT
from tests.notifications.receiver import receiving
from tests.notifications.telling import a_message, create_channel, person_without_mail
from tests.races.scene import died_of, fork

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("I2", "E1")]
PEOPLE = 6
LATER = AT + dt.timedelta(minutes=10)


@pytest.fixture
def receiver(settings):
    with receiving() as running:
        settings.COUNTERSIGN = {
            **settings.COUNTERSIGN,
            "notify_allow_hosts": ["127.0.0.1"],
            "notify_threads": 2,
        }
        yield running


def tell_everybody(receiver) -> None:
    people = [person_without_mail() for _ in range(PEOPLE)]
    for person in people:
        create_channel(person=person, address=f"{receiver.address}/{person.pk}")
    notify(people=people, message=a_message(), at=AT)


def deliver(at: dt.datetime = AT) -> int:
    return deliver_due(at_clock=lambda: at)


@pytest.mark.parametrize(
    "point", ["after_delivery_claim", "after_delivery_send", "inside_delivery_record"]
)
def test_whatever_a_killed_worker_left_is_sent_under_the_same_id(receiver, point):
    tell_everybody(receiver)

    assert died_of(fork(deliver, fault_point=point)) == signal.SIGKILL
    deliver(LATER)
    deliver(LATER + dt.timedelta(minutes=10))

    assert Counter(Delivery.objects.values_list("state", flat=True)) == {"sent": PEOPLE}
    ids = {body["delivery"] for _, _, body in receiver.got}
    assert ids == set(Delivery.objects.values_list("pk", flat=True))
    assert len(receiver.got) <= 2 * PEOPLE


def test_several_workers_side_by_side_send_nothing_twice(receiver):
    for _ in range(5):
        tell_everybody(receiver)

    workers = [fork(deliver) for _ in range(3)]

    assert [died_of(worker) for worker in workers] == [0, 0, 0]
    deliver()
    sent = Counter(body["delivery"] for _, _, body in receiver.got)
    assert set(sent.values()) == {1}
    assert len(sent) == Delivery.objects.filter(state="sent").count() == 5 * PEOPLE
