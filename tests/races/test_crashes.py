"""A worker is killed with SIGKILL at every step: nothing is written twice, nothing is lost."""

import os
import signal
from collections import Counter

import pytest

from orchestrator.commits.models import Commit, Hold
from tests.factories import create_draft
from tests.races.scene import (
    AHEAD,
    approve_drafts,
    approve_each,
    change_of,
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
ROUNDS = 20
POINTS = [
    "inside_claim",
    "after_claim",
    "after_rereading",
    "after_announcing",
    "before_sending",
    "after_answer",
    "before_recording_stands",
    "after_recording",
    "after_reading_back",
    "inside_closing",
    "after_closing",
    "before_next_batch",
]
SWEEP_POINTS = ["before_settling", "after_settling", "after_reading_back", "inside_closing"]


def states() -> Counter[str]:
    return Counter(Commit.objects.values_list("state", flat=True))


@pytest.mark.req("E1")
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_step_writes_everything_exactly_once(workflow, simulator, point):
    deals = seed_deals(simulator, 2 * ROUNDS, per_account=4)
    start = simulator.last_effect()

    for number in range(ROUNDS):
        approve_each(workflow, deals[2 * number : 2 * number + 2])
        assert died_of(fork(drain, fault_point=point)) == signal.SIGKILL
        sweep_until_settled(AHEAD)

    assert writes(simulator, start) == Counter(deals)
    assert states() == {"done": 2 * ROUNDS}
    assert not Hold.objects.exists()


@pytest.mark.req("E1")
@pytest.mark.parametrize("point", SWEEP_POINTS)
def test_a_sweep_killed_while_it_settles_writes_everything_exactly_once(workflow, simulator, point):
    deals = seed_deals(simulator, 10)
    start = simulator.last_effect()

    for number in range(5):
        approve_each(workflow, deals[2 * number : 2 * number + 2])
        died_of(fork(drain, fault_point="after_answer"))
        # The first sweep only takes over; the second, a time-out later, reads back.
        sweep(AHEAD)
        assert died_of(fork(lambda: sweep(2 * AHEAD), fault_point=point)) == signal.SIGKILL
        sweep_until_settled(3 * AHEAD)

    assert writes(simulator, start) == Counter(deals)
    assert states() == {"done": len(deals)}


@pytest.mark.req("E1")
@pytest.mark.parametrize("point", ["before_sending", "after_answer", "after_recording"])
def test_several_records_of_one_proposal_are_all_written_once_or_none(workflow, simulator, point):
    deals = seed_deals(simulator, 8)
    start = simulator.last_effect()

    for number in range(4):
        pair = deals[2 * number : 2 * number + 2]
        draft = create_draft(changes=[change_of(deal, StageName="Proposal") for deal in pair])
        approve_drafts(workflow, [draft])
        assert died_of(fork(drain, fault_point=point)) == signal.SIGKILL
        assert writes(simulator, start).total() % 2 == 0
        sweep_until_settled(AHEAD)

    assert writes(simulator, start) == Counter(deals)


@pytest.mark.req("E1")
def test_a_worker_killed_while_the_request_is_on_the_wire_writes_once(workflow, simulator):
    deals = seed_deals(simulator, 6)
    start = simulator.last_effect()

    for deal in deals:
        approve_each(workflow, [deal])
        simulator.fault("latency", path="/composite$", milliseconds=150)
        worker = fork(drain)
        eventually(lambda: Commit.objects.filter(sent_at__isnull=False, state="claimed").exists())
        kill(worker)
        sweep_until_settled()

    assert writes(simulator, start) == Counter(deals)


def kill(worker: int) -> None:
    os.kill(worker, signal.SIGKILL)
    died_of(worker)
