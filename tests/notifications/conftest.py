"""What the tests of notifications share: a receiver, and a clock that they move."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.notifications.delivery import deliver_due
from orchestrator.notifications.models import Delivery
from tests.factories import AT
from tests.notifications.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver that may be spoken to, also in the place of PagerDuty and Opsgenie."""
    with receiving() as running:
        settings.COUNTERSIGN = {
            **settings.COUNTERSIGN,
            "notify_allow_hosts": ["127.0.0.1"],
            "notify_timeout_seconds": 2.0,
            "pagerduty_url": f"{running.address}/pagerduty",
            "opsgenie_url": f"{running.address}/opsgenie",
        }
        yield running


class Worker:
    """The worker, at a time that the test moves."""

    def __init__(self) -> None:
        """Begin where the tests begin."""
        self.at = AT

    def run(self, *, after: float = 0) -> int:
        """Move the clock by so many seconds and send what is due then."""
        self.at += dt.timedelta(seconds=after)
        return deliver_due(at_clock=lambda: self.at)

    def run_until_quiet(self) -> None:
        """Move the clock on until nothing is left to be sent."""
        for _ in range(60):
            self.run(after=1800)
            soon = self.at + dt.timedelta(hours=1)
            if not Delivery.objects.filter(state="queued", due_at__lt=soon).exists():
                return
        raise AssertionError("Something is tried again and again.")


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker whose retries come as late as they may."""
    monkeypatch.setattr(random, "random", lambda: 1.0)
    return Worker()
