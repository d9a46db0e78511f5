"""Several workers and one ceiling for all of them, whoever dies and whoever halts."""

import datetime as dt
import signal
import time
from collections import Counter

import pytest

from orchestrator.commits import fence
from orchestrator.commits.models import Commit
from orchestrator.kernel import clock
from orchestrator.orgs.models import Org
from tests.factories import get_user
from tests.races.relay import relayed
from tests.races.scene import (
    AHEAD,
    approve_each,
    died_of,
    drain,
    eventually,
    fork,
    seed_deals,
    sweep_until_settled,
    writes,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
    pytest.mark.req("E2"),
]
# Beyond the longest wait for the daily allowance.
MUCH_LATER = dt.timedelta(minutes=20)
WORKERS = 4


@pytest.fixture
def limits(settings):
    """Return what sets limits of the engine for this test and its workers."""

    def set_limits(**values):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, **values}

    return set_limits


def states() -> Counter[tuple[str, int]]:
    return Counter(Commit.objects.values_list("state", "failures"))


def drain_again_and_again() -> None:
    """Ask for work as often as a worker that is woken all the time."""
    eventually(lambda: drain() == 0 and not Commit.objects.filter(state="queued").exists())


class TestCeiling:
    def test_four_workers_never_have_more_calls_on_the_wire_than_it_allows(
        self, workflow, simulator, limits
    ):
        limits(concurrent_writes=2, claim_size=5)
        deals = seed_deals(simulator, 60, per_account=1)
        start = simulator.last_effect()
        approve_each(workflow, deals)
        simulator.fault("latency", path="/composite$", milliseconds=60, times=None)

        with relayed(simulator.url) as relay:
            Org.objects.update(base_url=relay.url)
            workers = [fork(drain_again_and_again) for _ in range(WORKERS)]
            assert [died_of(worker) for worker in workers] == [0] * WORKERS

        assert relay.most == 2
        assert relay.writes >= 12
        assert writes(simulator, start) == Counter(deals)

    def test_the_seat_of_a_killed_worker_is_free_at_once(self, workflow, simulator, limits):
        limits(concurrent_writes=1)
        approve_each(workflow, seed_deals(simulator, 1))

        assert died_of(fork(drain, fault_point="after_claim")) == signal.SIGKILL
        sweep_until_settled(AHEAD)

        assert states() == {("done", 1): 1}

    @pytest.mark.req("G5")
    def test_a_halt_is_answered_promptly_while_every_seat_is_taken(
        self, workflow, simulator, limits
    ):
        limits(concurrent_writes=1, claim_size=20)
        deals = seed_deals(simulator, 200, per_account=1)
        start = simulator.last_effect()
        approve_each(workflow, deals)
        simulator.fault("latency", path="/composite$", milliseconds=100, times=None)
        workers = [fork(drain_until_halted) for _ in range(WORKERS)]
        eventually(lambda: simulator.last_effect() > start + 20)

        by = get_user("dora").actor
        began = time.monotonic()
        row = fence.halt(scope="all", value="", reason="Test.", by=by, at=clock.now())
        assert fence.confirm(halt=row, at=clock.now(), wait=10)
        took = time.monotonic() - began
        last = simulator.last_effect()

        print(f"\nTime to halt at a full ceiling: {took * 1000:.0f} ms")  # noqa: T201 - a figure
        assert took < 5
        assert [died_of(worker) for worker in workers] == [0] * WORKERS
        assert simulator.last_effect() == last
        assert len(writes(simulator, start)) < len(deals)


def drain_until_halted() -> None:
    """Ask for work all the time until somebody halts."""
    eventually(lambda: drain() == 0 and bool(fence.active_halts()))
