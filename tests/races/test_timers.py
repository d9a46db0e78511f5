"""Timers that several workers fire side by side, and workers that die in the middle."""

import signal
import threading
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from django.db import connection, connections, transaction

from approvals import opening
from approvals.models import Proposal
from orchestrator.kernel.ids import new_id
from orchestrator.notifications.models import Notification
from orchestrator.paging.models import PageStep
from orchestrator.people.models import User
from orchestrator.timers import arming, claiming, handlers
from orchestrator.timers.models import Timer
from tests.approvals.deciding import decide
from tests.approvals.escalation.scene import AT, HOUR, escalating, fire, taken
from tests.factories import OPPORTUNITY
from tests.fake_connector import FakeCrm
from tests.races.scene import died_of, eventually, fork
from tests.timers.clockwork import KIND, MINUTE, arm, states
from tests.timers.clockwork import fire as tick

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("I2", "E1")]
SUBJECTS = 60
STEPS = [("remind", 2), ("widen", 3.2), ("page", 4), ("page_next", 4.5), ("notify_owner", 5)]
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def leave_a_mark(timers: Sequence[Timer], at: object) -> None:
    """Store one row for each timer that fires; one that fires twice stores two."""
    User.objects.bulk_create(
        User(username=f"{timer.subject} {timer.step} {new_id('x')}") for timer in timers
    )


def marks() -> list[tuple[str, str]]:
    rows = User.objects.filter(username__contains=" x_").order_by("username")
    found = (name.split(" ") for name in rows.values_list("username", flat=True))
    return [(subject, step) for subject, step, _ in found]


@pytest.fixture
def marking(monkeypatch):
    monkeypatch.setattr(handlers, "_handlers", {})
    handlers.register(KIND, leave_a_mark, batch=7)
    for subject in range(SUBJECTS):
        arm(*((f"s{subject:02d}", f"{step}", step) for step in range(3)))


@pytest.fixture
def waiting_proposal(crm: FakeCrm) -> Proposal:
    crm.add("Opportunity", OPPORTUNITY, Name="Northwind", StageName="Prospecting", Amount=20000.0)
    return escalating()


class TestSideBySide:
    def test_workers_whose_clocks_disagree_fire_nothing_twice_and_every_last_step(self, marking):
        workers = [fork(partial(tick, late)) for late in (0.5, 1.5, 10, 10)]

        assert [died_of(worker) for worker in workers] == [0] * 4
        found = marks()
        assert len(found) == len(set(found))
        assert {subject for subject, step in found if step == "2"} == {
            f"s{subject:02d}" for subject in range(SUBJECTS)
        }
        assert set(states().values()) <= {"fired", "collapsed"}

    def test_nobody_waits_for_a_timer_that_is_being_fired(self, marking):
        with transaction.atomic():
            (claimed,) = claiming.claim(KIND, limit=1, at=AT + 10 * MINUTE)

            cancelled = elsewhere(
                lambda: arming.cancel(kind=KIND, subjects=[claimed.subject], at=AT)
            )
            elsewhere(lambda: tick(10))

        # Two earlier steps of it were open; the one that fires was left to its handler.
        assert cancelled == 2
        assert len(marks()) == SUBJECTS - 1


class TestDecisionsBesideSteps:
    def test_a_vote_that_comes_first_wins(self, waiting_proposal):
        fired = threading.Thread(target=in_own_connection, args=[lambda: fire(2)])
        with transaction.atomic():
            decide(waiting_proposal, at=AT + HOUR)
            fired.start()
            eventually(somebody_waits)
        fired.join(timeout=30)

        assert taken(waiting_proposal) == []
        assert Timer.objects.filter(state="open").count() == 0

    def test_a_vote_that_holds_the_proposal_and_then_needs_the_review_still_wins(
        self, waiting_proposal
    ):
        fired = threading.Thread(target=in_own_connection, args=[lambda: fire(2)])
        with transaction.atomic():
            opening.locked(waiting_proposal.pk)
            fired.start()
            eventually(somebody_waits)
            assert decide(waiting_proposal, at=AT + HOUR).state == "approved"
        fired.join(timeout=30)

        assert taken(waiting_proposal) == []
        assert Timer.objects.filter(state="open").count() == 0


class TestKilled:
    def test_a_worker_at_any_point_leaves_all_of_a_step_or_nothing(self, waiting_proposal):
        for number, (do, hours) in enumerate(STEPS):
            before = told()
            for point in ("timers.claimed", f"escalation.{do}", "timers.handled"):
                dying = fork(partial(fire, hours), fault_point=point)
                assert died_of(dying) == signal.SIGKILL
                assert (len(taken(waiting_proposal)), told()) == (number, before)

            assert [died_of(fork(partial(fire, hours))) for _ in range(2)] == [0, 0]
            assert taken(waiting_proposal)[number:] == [(do, "done")]
            assert len(told()) == len(before) + 1


def told() -> list[str]:
    """Return what steps have told or whom they had called, as far as it is stored."""
    said = Notification.objects.filter(event__startswith="escalation.").values_list("key")
    return sorted(key for (key,) in said.union(PageStep.objects.values_list("step"), all=True))


def elsewhere(work: Callable[[], object]) -> object:
    """Return what the work returns on a connection of its own, within a bounded time."""
    found: list[object] = []
    thread = threading.Thread(target=in_own_connection, args=[lambda: found.append(work())])
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive(), "It waits for the timer."
    return found[0]


def in_own_connection(work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        connections.close_all()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])
