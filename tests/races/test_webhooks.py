"""A worker is killed with SIGKILL while it tells of outcomes: nothing is lost, ids stay."""

import copy
import datetime as dt
import signal

import pytest

from approvals.announcing import rounds
from approvals.models import Outcome
from orchestrator.notifications.models import Notification
from orchestrator.webhooks import claiming, delivering, enqueueing, operations
from orchestrator.webhooks.enqueueing import NewEvent
from orchestrator.webhooks.models import Delivery
from tests.factories import AT, create_agent, create_proposal, get_user
from tests.races.scene import died_of, fork
from tests.webhooks.receiver import receiving

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.req("K12", "E1"),
    pytest.mark.timeout(120),
]
COUNT = 3
LATER = AT + claiming.LEASE


@pytest.fixture
def receiver(settings):
    limits = copy.copy(settings.COUNTERSIGN)
    limits["webhook_allow_http_hosts"] = ["127.0.0.1"]
    settings.COUNTERSIGN = limits
    with receiving() as running:
        yield running


@pytest.fixture
def messages(receiver):
    """Put messages in the queue; return their ids."""
    agent = create_agent()
    operations.add_endpoint(
        agent=agent, url=receiver.url(), label="Main", events=[], by=get_user("ada").actor, at=AT
    )
    happened = NewEvent(
        agent_id=agent.pk, event="proposal.denied", at=AT, subject_id="prp_1", data={}
    )
    enqueueing.enqueue(events=[happened] * COUNT, at=AT)
    return set(Delivery.objects.values_list("pk", flat=True))


def deliver(at: dt.datetime) -> int:
    return delivering.deliver_due(at_clock=lambda: at)


@pytest.mark.parametrize("point", ["webhook_claimed", "webhook_sent", "webhook_recorded"])
def test_a_worker_killed_at_any_step_leaves_every_message_to_the_next(receiver, messages, point):
    assert died_of(fork(lambda: deliver(AT), fault_point=point)) == signal.SIGKILL
    assert deliver(AT) == 0, "Until the lease is over the dead worker might live."

    deliver(LATER)

    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}
    assert set(receiver.ids) == messages
    if point == "webhook_claimed":
        assert len(receiver.ids) == COUNT
    else:
        # What had arrived arrives again under its own id, which is how a receiver can tell.
        assert len(receiver.ids) > COUNT


def test_two_workers_send_nothing_twice(receiver, messages):
    children = [fork(lambda: deliver(AT)) for _ in range(2)]

    assert [died_of(each) for each in children] == [0, 0]
    deliver(AT)
    assert sorted(receiver.ids) == sorted(messages)


def test_an_announcer_killed_before_it_stands_has_told_nobody_and_the_next_tells_once(crm):
    crm.add("Opportunity", "006000000000001AAA", Name="Deal", StageName="Prospecting", Amount=1.0)
    create_proposal(state="denied")

    died = died_of(fork(lambda: rounds.announce_due(at=AT), fault_point="outcomes_announced"))

    assert died == signal.SIGKILL
    assert not Notification.objects.exists()
    assert rounds.announce_due(at=AT) == 1
    assert rounds.announce_due(at=AT) == 0
    assert Notification.objects.filter(event="proposal.denied").count() == 1
    assert not Outcome.objects.filter(announced_at=None).exists()
