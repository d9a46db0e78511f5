"""The worker is woken when there is something to send, once it is there to be seen."""

import pytest

from orchestrator.kernel import clock, wakeups
from orchestrator.notifications import tasks
from orchestrator.notifications.models import Delivery
from orchestrator.notifications.waking import DELIVER
from tests.factories import create_user
from tests.notifications.telling import tell

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]


@pytest.fixture
def woken(monkeypatch):
    names: list[str] = []
    monkeypatch.setattr(wakeups, "wake", names.append)
    return names


def test_telling_somebody_wakes_the_worker_after_the_commit(
    woken, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        tell(create_user())
        assert woken == []
    assert woken == [DELIVER]


def test_the_worker_sends_what_is_due_by_the_clock(mailoutbox):
    tell(create_user(username="ben"), at=clock.now())
    tasks.deliver()
    (mail,) = mailoutbox
    assert mail.to == ["ben@example.com"]
    assert Delivery.objects.get().state == "sent"


def test_nothing_new_is_forgotten():
    told = tell(create_user(), at=clock.now())
    tasks.forget()
    told.refresh_from_db()
    assert told.settled_at is None
