"""Workers that record what became of messages never wait in a ring: some would be sent twice."""

import threading
import time

import pytest
from django.db import connection, transaction

from orchestrator.notifications import claiming, recording
from orchestrator.notifications.channels.parcels import failed
from orchestrator.notifications.models import Channel, Delivery
from tests.factories import AT
from tests.notifications.telling import create_channel, person_without_mail, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("I2")]
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def claimed():
    """Return two claimed deliveries on two channels of one person."""
    person = person_without_mail()
    for number in (1, 2):
        create_channel(person=person, address=f"https://a.example.com/{number}")
    for number, channel in enumerate(Channel.objects.order_by("pk"), 1):
        row = tell(person, key=f"k{number}")
        Delivery.objects.filter(notification=row).update(channel=channel)
    lanes = claiming.claim(at=AT)
    rows = [row for lane in lanes for row, _ in lane.parcels]
    return sorted(rows, key=lambda row: row.channel_id)


def record_failures(rows) -> None:
    with transaction.atomic():
        connection.cursor().execute("SET LOCAL lock_timeout = '5s'")
        recording.record([(row, failed("No answer.")) for row in rows], at=AT)


def beside(act) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_until_somebody_waits() -> None:
    until = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waits for a lock.")


def test_takes_its_channels_in_one_order_whatever_failed_first(claimed):
    first, second = claimed
    with transaction.atomic():
        list(Channel.objects.filter(pk=first.channel_id).select_for_update(no_key=True))
        worker = beside(lambda: record_failures([second, first]))
        wait_until_somebody_waits()
        rows = Channel.objects.filter(pk=second.channel_id)
        assert list(rows.select_for_update(no_key=True, nowait=True))
    worker.join(60)

    assert set(Channel.objects.values_list("failures", flat=True)) == {1}


def test_does_not_wait_for_whoever_tells_people_something_new(claimed):
    first, _ = claimed
    with transaction.atomic():
        tell(first.channel.person, key="new")
        worker = beside(lambda: record_failures(claimed))
        worker.join(60)
        assert not worker.is_alive()

    assert set(Channel.objects.values_list("failures", flat=True)) == {1}
