"""What is forgotten, and what is kept as long as somebody may need it."""

import datetime as dt

import pytest

from orchestrator.notifications import reading, retention
from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Delivery, Notification
from tests.factories import AT, create_user
from tests.notifications.telling import tell

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
DAY = dt.timedelta(days=1)


def test_forgets_what_was_read_long_ago_with_its_deliveries(worker):
    person = create_user()
    told = tell(person)
    worker.run()
    reading.mark_read(notification_id=told.pk, person=person, at=AT)
    assert retention.forget_old(at=AT + 89 * DAY) == 0
    assert retention.forget_old(at=AT + 91 * DAY) == 1
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()


def test_keeps_what_nobody_has_read_much_longer(worker):
    tell(create_user())
    worker.run()
    assert retention.forget_old(at=AT + 91 * DAY) == 0
    assert retention.forget_old(at=AT + 361 * DAY) == 1


def test_keeps_what_is_still_on_its_way():
    person = create_user()
    reading.mark_read(notification_id=tell(person, urgency=Urgency.PAGE).pk, person=person, at=AT)
    assert retention.forget_old(at=AT + 91 * DAY) == 0


def test_forgets_digests_once_nothing_of_theirs_is_left(worker):
    person = create_user()
    told = tell(person, urgency=Urgency.LOW)
    worker.run(after=22 * 3600)
    assert Delivery.objects.get().state == "sent"
    reading.mark_read(notification_id=told.pk, person=person, at=worker.at)
    retention.forget_old(at=AT + 100 * DAY)
    assert not Delivery.objects.exists()


def test_forgets_in_small_batches_until_nothing_is_left(monkeypatch, worker):
    monkeypatch.setattr(retention, "BATCH", 2)
    person = create_user()
    for number in range(5):
        tell(person, key=f"k{number}")
    worker.run()
    reading.mark_all_read(person=person, at=AT)
    assert retention.forget_old(at=AT + 91 * DAY) == 5
