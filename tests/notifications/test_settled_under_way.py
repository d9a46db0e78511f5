"""What is settled while an attempt is under way is not told late, by no channel."""

import pytest

from orchestrator.notifications import claiming, recording, sending
from orchestrator.notifications.channels.parcels import failed
from orchestrator.notifications.kinds import Kind
from orchestrator.notifications.models import Delivery
from tests.factories import AT
from tests.notifications.telling import create_channel, person_without_mail, tell

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2", "E1")]


def settle_during_an_attempt(person):
    tell(person)
    [lane] = claiming.claim(at=AT)
    sending.conclude(subject_kind="proposal", subject_id="prp_1", words="Approved by Ben.", at=AT)
    recording.record([(row, failed("No answer in time.")) for row, _ in lane.parcels], at=AT)


def test_is_not_told_late(worker, receiver):
    person = person_without_mail()
    create_channel(person=person, address=f"{receiver.address}/hook")

    settle_during_an_attempt(person)
    worker.run_until_quiet()

    assert [body["state"] for _, _, body in receiver.got] == ["settled"]
    states = dict(Delivery.objects.values_list("purpose", "state"))
    assert states == {"message": "cancelled", "follow_up": "sent"}


def test_is_not_taken_up_by_another_channel_either(worker, receiver):
    person = person_without_mail()
    create_channel(person=person, kind=Kind.SLACK, address="slack://broken")
    second = create_channel(person=person, address=f"{receiver.address}/hook")

    settle_during_an_attempt(person)
    for _ in range(6):
        worker.run(after=1800)

    assert receiver.got == []
    assert not Delivery.objects.filter(channel=second, attempts__gt=0).exists()
