"""Halt means halt: once it is answered, no write is in flight and none starts, in any process."""

import os
import signal
import time

import pytest

from orchestrator.commits import fence
from orchestrator.commits.models import Commit, Halt
from orchestrator.kernel import clock
from tests.factories import get_user
from tests.races.scene import (
    AHEAD,
    approve_each,
    died_of,
    drain,
    eventually,
    fork,
    seed_deals,
    sweep,
    sweep_until_settled,
    writes,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
WORKERS, BACKLOG = 4, 1000
# A halt that needs longer than this to stop healthy workers is broken.
LONGEST_SECONDS = 10


def halt(scope: str = "all", value: str = "") -> Halt:
    """Halt as a person does and wait for the answer."""
    by = get_user("dora").actor
    return fence.halt(scope=scope, value=value, reason="Test.", by=by, at=clock.now())


def release(row: Halt) -> None:
    """Release as two people do."""
    fence.ask_release(halt=row, reason="Over.", by=get_user("dora").actor, at=clock.now())
    fence.release(halt=row, by=get_user("ben").actor, at=clock.now())


@pytest.mark.req("G5")
def test_nothing_is_written_after_the_answer_and_everything_after_the_release(workflow, simulator):
    deals = seed_deals(simulator, BACKLOG, per_account=4)
    start = simulator.last_effect()
    approve_each(workflow, deals)
    # A CRM with a realistic latency, so that writes are on the wire all the time.
    simulator.fault("latency", path="/composite$", milliseconds=40, times=None)
    workers = [fork(drain) for _ in range(WORKERS)]
    eventually(lambda: simulator.last_effect() > start + BACKLOG // 5)

    row = halt()
    began = time.monotonic()
    assert fence.confirm(halt=row, at=clock.now(), wait=LONGEST_SECONDS)
    took = time.monotonic() - began
    last = simulator.last_effect()

    print(f"\nTime to halt with {WORKERS} workers: {took * 1000:.0f} ms")  # noqa: T201 - a figure to report
    assert [died_of(worker) for worker in workers] == [0] * WORKERS
    drain(AHEAD)
    assert simulator.last_effect() == last
    written = writes(simulator, start)
    assert BACKLOG // 5 <= len(written) < BACKLOG

    release(row)
    simulator.clear_faults()
    drain()
    written = writes(simulator, start)
    assert len(written) == BACKLOG
    assert set(written.values()) == {1}


@pytest.mark.req("G5")
def test_a_halt_does_not_wait_for_ever_behind_a_stream_of_writers(workflow, simulator):
    deals = seed_deals(simulator, 300, per_account=4)
    approve_each(workflow, deals)
    workers = [fork(drain) for _ in range(WORKERS)]

    row = halt("object", "opportunity")

    assert fence.confirm(halt=row, at=clock.now(), wait=LONGEST_SECONDS)
    last = simulator.last_effect()
    assert [died_of(worker) for worker in workers] == [0] * WORKERS
    assert simulator.last_effect() == last


@pytest.mark.req("G5")
def test_what_a_dead_worker_left_on_the_wire_keeps_the_halt_from_being_answered(
    workflow, simulator
):
    deals = seed_deals(simulator, 1)
    start = simulator.last_effect()
    approve_each(workflow, deals)
    simulator.fault("latency", path="/composite$", milliseconds=300)
    worker = fork(drain)
    eventually(lambda: Commit.objects.filter(sent_at__isnull=False).exists())
    os.kill(worker, signal.SIGKILL)
    died_of(worker)

    row = halt()
    assert not fence.confirm(halt=row, at=clock.now(), wait=0.1)
    assert fence.in_flight(row) == 1

    eventually(lambda: bool(sweep()) and not fence.in_flight(row))
    assert fence.confirm(halt=row, at=clock.now(), wait=1)
    last = simulator.last_effect()
    drain(AHEAD)
    assert simulator.last_effect() == last

    release(row)
    sweep_until_settled(AHEAD)
    assert writes(simulator, start) == {deals[0]: 1}
