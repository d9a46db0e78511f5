"""Timers: firing what is due among very many that are open, and ticks that find nothing."""

import datetime as dt
import time
from collections.abc import Callable, Sequence

from django.db import connection, transaction

from orchestrator.bench.figures import Figure, check, middle, p95
from orchestrator.bench.load import together
from orchestrator.bench.scene import Scene
from orchestrator.kernel import clock
from orchestrator.timers import firing, handlers
from orchestrator.timers.models import Timer

FIRED, RIVALS, BARE = "bench.fired", "bench.rivals", "bench.bare"
DUE, FEW, WORKERS = 10_000, 1_000, 4
AIM_SECONDS, AIM_TICKS = 1.0, 1.5
TICKS = 200
AHEAD = dt.timedelta(days=30)
ADD = """
INSERT INTO timers_timer (kind, subject, step, detail, planned_at, due_at)
SELECT %s, 'subject-' || n, 'step', '{}', %s::timestamptz + n * interval '1 millisecond',
  %s::timestamptz + n * interval '1 millisecond'
FROM generate_series(1, %s) AS n
"""
# As little as claiming can be: one statement, no subjects, no handler.
BARE_CLAIM = """
UPDATE timers_timer t SET state = 'fired', ended_at = %s
FROM (
  SELECT id FROM timers_timer WHERE kind = %s AND state = 'open' AND due_at <= %s
  ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
) AS due WHERE t.id = due.id
"""


def measure(scene: Scene) -> list[Figure]:
    """Tick with few open timers, then with very many; fire ten thousand that are due."""
    many = 100_000 if scene.quick else 1_000_000
    at = clock.now()
    handlers.register(FIRED, _take_note)
    handlers.register(RIVALS, _take_note)
    try:
        _add(FIRED, at + AHEAD, FEW)
        few = _empty_ticks(at)
        _remove()
        _add(FIRED, at + AHEAD, many)
        empty = _empty_ticks(at)
        bare = _bare(at)
        alone = _alone(at)
        rivals = _rivals(at)
    finally:
        _remove()
    return [*_firing(many, alone, rivals, bare), *_ticks(many, empty, few)]


def _firing(many: int, alone: float, rivals: float, bare: float) -> list[Figure]:
    floor = f"bare claim of {DUE:,}, one statement"
    return [
        Figure(
            name=f"Firing {DUE:,} timers of {many:,} open",
            value=alone,
            unit="s",
            floor=bare,
            floor_name=floor,
            aim=f"at most {AIM_SECONDS:.0f} s",
            met=alone <= AIM_SECONDS,
        ),
        Figure(
            name=f"Firing {DUE:,} by {WORKERS} at once, none twice",
            value=rivals,
            unit="s",
            floor=bare,
            floor_name=floor,
            aim=f"at most {AIM_SECONDS:.0f} s",
            met=rivals <= AIM_SECONDS,
        ),
    ]


def _ticks(many: int, times: Sequence[float], few: Sequence[float]) -> list[Figure]:
    ratio = middle(times) / middle(few)
    floor = f"with {FEW:,} open"
    return [
        Figure(
            name=f"Tick with nothing due, {many:,} open, p50",
            value=middle(times),
            unit="ms",
            floor=middle(few),
            floor_name=floor,
            aim=f"at most {AIM_TICKS} x",
            met=ratio <= AIM_TICKS,
        ),
        Figure(
            name=f"Tick with nothing due, {many:,} open, p95",
            value=p95(times),
            unit="ms",
            floor=p95(few),
            floor_name=floor,
        ),
    ]


def _alone(at: dt.datetime) -> float:
    _add(FIRED, at - dt.timedelta(minutes=1), DUE, subjects="due")
    took, fired = _timed(lambda: firing.fire_due(at_clock=lambda: at))
    check(fired == DUE, f"{DUE} timers should have fired, and {fired} did")
    check(_left(FIRED, at) == 0, "nothing that is due should be left")
    return took


def _rivals(at: dt.datetime) -> float:
    """Let several workers fire the same ten thousand; each counts what was its own."""
    _add(RIVALS, at - dt.timedelta(minutes=1), DUE)
    connection.close()

    def fire(number: int, share: Sequence[object]) -> list[int]:
        try:
            return [firing.fire_due(at_clock=lambda: at)]
        finally:
            connection.close()

    fired, took = together(fire, [()] * WORKERS)
    check(sum(fired) == DUE, f"{DUE} timers should have fired once, and {sum(fired)} did")
    check(_left(RIVALS, at) == 0, "nothing that is due should be left")
    return took


def _bare(at: dt.datetime) -> float:
    _add(BARE, at - dt.timedelta(minutes=1), DUE)

    @transaction.atomic
    def claim() -> int:
        with connection.cursor() as cursor:
            cursor.execute(BARE_CLAIM, [at, BARE, at, DUE])
            return int(cursor.rowcount)

    took, claimed = _timed(claim)
    check(claimed == DUE, "the bare claim should find every due timer")
    return took


def _empty_ticks(at: dt.datetime) -> list[float]:
    def tick() -> float:
        took, fired = _timed(lambda: firing.fire_due(at_clock=lambda: at))
        check(fired == 0, "nothing should be due")
        return took * 1000

    for _ in range(TICKS // 10):
        tick()
    return [tick() for _ in range(TICKS)]


def _take_note(timers: Sequence[Timer], at: dt.datetime) -> None:
    """Handle as little as a handler can: what is measured is the timers."""
    check(all(timer.state == "fired" for timer in timers), "only claimed timers come here")


def _add(kind: str, due_at: dt.datetime, count: int, *, subjects: str = "subject") -> None:
    with connection.cursor() as cursor:
        cursor.execute(ADD.replace("subject-", f"{subjects}-"), [kind, due_at, due_at, count])
        # What autovacuum does within a minute.
        cursor.execute("VACUUM (ANALYZE) timers_timer")


def _remove() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM timers_timer WHERE kind LIKE 'bench.%%'", [])
        cursor.execute("VACUUM timers_timer")


def _left(kind: str, at: dt.datetime) -> int:
    return Timer.objects.filter(kind=kind, state="open", due_at__lte=at).count()


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result
