"""What the tests of webhooks share: a receiver, an agent with an endpoint, and a clock to drive."""

import copy
import datetime as dt

import pytest

from orchestrator.webhooks import operations, schedule
from tests.factories import AT, create_agent, get_user
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture(autouse=True)
def this_machine_is_listed(settings):
    """Let webhooks go to the receiver, as an operator does for an intranet."""
    limits = copy.copy(settings.COUNTERSIGN)
    limits["webhook_allow_http_hosts"] = ["127.0.0.1"]
    settings.COUNTERSIGN = limits


@pytest.fixture
def receiver():
    with receiving() as running:
        yield running


@pytest.fixture
def agent(db):
    return create_agent(slug="hygiene-agent")


@pytest.fixture
def add(agent):
    """Return a way to add endpoints of the agent."""

    def added(url: str, *, label: str = "Main", events=()):
        return operations.add_endpoint(
            agent=agent, url=url, label=label, events=events, by=get_user("ada").actor, at=AT
        )

    return added


@pytest.fixture
def endpoint(add, receiver: Receiver):
    return add(receiver.url()).endpoint


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> dt.datetime:
        return self.at

    def pass_by(self, **length: float) -> None:
        self.at += dt.timedelta(**length)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch):
    """Let every wait be exactly as long as the schedule says."""
    monkeypatch.setattr(schedule, "JITTER", 0)
