"""An org in trouble and several workers: one ceiling, one prober, no commit that pays for it."""

import datetime as dt
import os
import signal
from collections import Counter

import pytest

from orchestrator.commits import probing
from orchestrator.commits.gate import Gate
from orchestrator.commits.models import Commit, Hold
from orchestrator.kernel import clock
from orchestrator.orgs.models import Org
from tests.factories import get_user
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


@pytest.fixture(autouse=True)
def _allowance(simulator):
    simulator.control("POST", "limits", json={"used": 0, "allowed": 100_000})
    yield
    simulator.control("POST", "limits", json={"used": 0, "allowed": 100_000})


def states() -> Counter[tuple[str, int]]:
    return Counter(Commit.objects.values_list("state", "failures"))


def gate() -> Gate:
    return Gate.objects.get()


def calls(simulator, kind: str = "") -> int:
    counted = simulator.stats()["calls"]
    return int(counted.get(kind, 0) if kind else sum(counted.values()))


def asked_again() -> bool:
    """Drain as the next worker would, and say whether the org was found to answer."""
    drain(AHEAD)
    return gate().state == "closed"


class TestOneProber:
    def pause(self, workflow, simulator) -> list[str]:
        deals = seed_deals(simulator, 3)
        approve_each(workflow, deals)
        simulator.fault("expired", path="/composite", times=None)
        drain()
        simulator.clear_faults()
        assert (gate().state, gate().cause) == ("open", "sign_in")
        return deals

    def test_of_four_workers_one_asks(self, workflow, simulator):
        deals = self.pause(workflow, simulator)
        start = simulator.last_effect()
        before = calls(simulator, "limits")
        simulator.fault("latency", path="/limits", milliseconds=300, times=None)

        workers = [fork(lambda: drain(AHEAD)) for _ in range(WORKERS)]
        assert [died_of(worker) for worker in workers] == [0] * WORKERS

        assert calls(simulator, "limits") - before == 1
        assert gate().state == "closed"
        assert writes(simulator, start) == Counter(deals)
        assert states() == {("done", 0): 3}

    def test_one_that_is_killed_before_it_asks_is_replaced(self, workflow, simulator):
        self.pause(workflow, simulator)

        worker = fork(lambda: drain(AHEAD), fault_point="before_probing")
        assert died_of(worker) == signal.SIGKILL
        assert gate().state == "half_open"

        eventually(asked_again)
        assert states() == {("done", 0): 3}

    def test_one_that_is_killed_while_it_asks_is_replaced_and_no_sooner(self, workflow, simulator):
        self.pause(workflow, simulator)
        simulator.fault("latency", path="/limits", milliseconds=600)
        worker = fork(lambda: drain(AHEAD))
        eventually(lambda: gate().state == "half_open")
        before = calls(simulator)

        drain(AHEAD)
        assert (gate().state, calls(simulator)) == ("half_open", before)
        os.kill(worker, signal.SIGKILL)
        died_of(worker)

        # The database learns a moment later that nobody holds the probe any more.
        eventually(asked_again)
        assert states() == {("done", 0): 3}


class TestAnOrgInTrouble:
    @pytest.mark.req("E3")
    def test_a_refused_sign_in_makes_no_dead_letter_and_a_new_secret_resumes(
        self, workflow, simulator
    ):
        deals = seed_deals(simulator, 4)
        start = simulator.last_effect()
        approve_each(workflow, deals)
        self.set_secret("wrong")

        drain()
        assert states() == {("queued", 0): 4}
        assert (gate().state, gate().cause) == ("open", "sign_in")
        before = simulator.stats()["calls"]["login"]
        for _ in range(5):
            drain()
        # Nobody hammers a sign-in that is refused: that is how users are locked out.
        assert simulator.stats()["calls"]["login"] == before

        self.set_secret(simulator.client_secret)
        by = get_user("dora").actor
        probing.try_now(gate=gate(), reason="New secret.", by=by, at=clock.now())
        drain()

        assert writes(simulator, start) == Counter(deals)
        assert states() == {("done", 0): 4}

    def set_secret(self, secret: str) -> None:
        org = Org.objects.get()
        org.secret = secret
        org.save()

    def test_sessions_that_all_die_at_once_pause_it_too(self, workflow, simulator):
        deals = seed_deals(simulator, 2)
        approve_each(workflow, deals)
        simulator.fault("expired", path="/composite$", times=None)

        drain()
        assert states() == {("queued", 0): 2}
        assert gate().cause == "sign_in"
        simulator.clear_faults()
        drain(AHEAD)

        assert states() == {("done", 0): 2}

    def test_a_used_up_allowance_parks_it_until_there_is_some_again(self, workflow, simulator):
        deals = seed_deals(simulator, 2)
        start = simulator.last_effect()
        approve_each(workflow, deals)
        simulator.fault("limit_total", times=None)

        drain()
        assert states() == {("queued", 0): 2}
        assert gate().cause == "budget"
        before = calls(simulator)
        drain(AHEAD)
        assert calls(simulator) == before
        drain(MUCH_LATER)
        assert gate().state == "open"
        simulator.clear_faults()
        drain(2 * MUCH_LATER)

        assert writes(simulator, start) == Counter(deals)
        assert states() == {("done", 0): 2}

    def test_our_share_of_the_allowance_is_not_passed_by_much(self, workflow, simulator):
        deals = seed_deals(simulator, 100, per_account=1)
        approve_each(workflow, deals)
        simulator.control("POST", "limits", json={"used": 88, "allowed": 100})

        drain()

        # Reading brings it to 89, the first call to 90: the other three are not made.
        assert calls_used(simulator) <= 93
        assert Counter(Commit.objects.values_list("state", flat=True)) == {"done": 25, "queued": 75}
        assert gate().cause == "budget"
        simulator.control("POST", "limits", json={"used": 10, "allowed": 100})
        drain(MUCH_LATER)
        assert states() == {("done", 0): 100}

    def test_too_many_requests_at_once_lower_the_ceiling(self, workflow, simulator):
        deals = seed_deals(simulator, 2)
        approve_each(workflow, deals)
        simulator.fault("limit_concurrent", path="/composite$")

        drain()
        assert states() == {("queued", 1): 2}
        assert gate().seats(4, at=clock.now()) == 2
        drain(AHEAD)

        assert states() == {("done", 1): 2}

    def test_a_crm_that_stays_away_pauses_it_instead_of_using_up_every_try(
        self, workflow, simulator
    ):
        deals = seed_deals(simulator, 3)
        start = simulator.last_effect()
        approve_each(workflow, deals)
        simulator.fault("unavailable", times=None)

        ahead = dt.timedelta()
        for _ in range(12):
            drain(ahead)
            ahead += AHEAD
        assert states() == {("queued", 2): 3}
        assert (gate().state, gate().cause) == ("open", "faults")
        simulator.clear_faults()
        drain(ahead + MUCH_LATER)

        assert writes(simulator, start) == Counter(deals)
        assert states() == {("done", 2): 3}

    def test_opens_while_another_worker_is_in_the_middle_of_a_write(
        self, workflow, simulator, limits
    ):
        limits(claim_size=3, crm_timeout_seconds=5.0)
        deals = seed_deals(simulator, 6, per_account=1)
        start = simulator.last_effect()
        approve_each(workflow, deals)
        simulator.fault("latency", path="/composite$", milliseconds=1200)
        writer = fork(drain)
        eventually(lambda: Commit.objects.filter(sent_at__isnull=False).exists())
        simulator.fault("expired", path="/composite/sobjects", times=None)

        drain()
        assert gate().state == "open"
        assert Commit.objects.filter(state="claimed").count() == 3
        assert died_of(writer) == 0

        # Its write stands; reading it back waits for the org like everything else.
        assert Counter(Commit.objects.values_list("state", flat=True)) == {
            "written": 3,
            "queued": 3,
        }
        simulator.clear_faults()
        drain(AHEAD)
        sweep_until_settled(AHEAD)

        assert writes(simulator, start) == Counter(deals)
        assert states() == {("done", 0): 6}
        assert not Hold.objects.exists()


def calls_used(simulator) -> int:
    return int(simulator.stats()["api_used"])
