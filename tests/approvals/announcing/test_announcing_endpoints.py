"""The owner of an agent hears of trouble with its webhooks, once."""

import datetime as dt

import pytest

from approvals import tasks
from approvals.announcing import endpoints
from approvals.models import Outcome
from orchestrator.notifications.models import Notification
from orchestrator.people.models import User
from orchestrator.webhooks import operations
from orchestrator.webhooks.models import Notice
from orchestrator.webhooks.states import Trouble
from tests.factories import AT, create_agent, create_proposal, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("K12", "E5")]
SOON = AT + dt.timedelta(minutes=1)


@pytest.fixture
def endpoint():
    return operations.add_endpoint(
        agent=create_agent(slug="hook-agent"),
        url="https://agent.example.com/secret-path",
        label="Main",
        events=[],
        by=get_user("ada").actor,
        at=AT,
    ).endpoint


@pytest.mark.parametrize("trouble", list(Trouble))
def test_tells_the_owner_once_and_where_to_look(endpoint, trouble):
    Notice.objects.create(endpoint=endpoint, trouble=trouble, messages=3, at=AT)

    assert endpoints.tell_owners(at=SOON) == 1
    assert endpoints.tell_owners(at=SOON) == 0

    (row,) = Notification.objects.select_related("person")
    assert (row.person.username, row.urgency) == ("ada", "high")
    assert row.event == endpoints.EVENTS[trouble]
    assert row.path == f"/agents/{endpoint.agent_id}/webhooks/{endpoint.pk}/"
    assert "secret-path" not in str([row.title, row.lines, row.details])


def test_tells_staff_where_the_owner_has_left(endpoint):
    User.objects.filter(username="ada").update(is_active=False)
    User.objects.create_user("boss", is_staff=True)
    Notice.objects.create(endpoint=endpoint, trouble=Trouble.DEAD, at=AT)

    endpoints.tell_owners(at=SOON)

    assert "boss" in {row.person.username for row in Notification.objects.select_related("person")}


def test_is_done_by_the_worker_that_announces(endpoint, crm, record):
    create_proposal(state="denied")
    Notice.objects.create(endpoint=endpoint, trouble=Trouble.DEAD, at=AT)

    tasks.announce()

    assert not Outcome.objects.filter(announced_at=None).exists()
    assert not Notice.objects.filter(told_at=None).exists()
