"""Time to halt: from the switch to the answer that nothing is being written any more."""

import time

from orchestrator.bench import backlog
from orchestrator.bench.crm import write_bare
from orchestrator.bench.figures import Figure, check, middle
from orchestrator.bench.scene import Scene
from orchestrator.bench.servers import committing
from orchestrator.bench.waiting import eventually, until_all_committed
from orchestrator.commits.tasks import send_drain

WORKERS = 4
# What a call of a CRM takes over a network, so that writes are on the wire all the time.
CRM_MILLISECONDS = 40
STAYS_QUIET_SECONDS = 1.0
BARE_CALLS = 5


def measure(scene: Scene) -> list[Figure]:
    """Halt in the middle of a backlog that four workers commit; then let them finish it."""
    count = 400 if scene.quick else 1000
    waiting = backlog.build(scene, count)
    scene.crm.slow_down(CRM_MILLISECONDS)
    bare = _bare_call(scene)
    start = scene.crm.last_effect()
    with committing(scene.here, side_by_side=WORKERS):
        backlog.release(scene, waiting.halt)
        for _ in range(WORKERS):
            send_drain(scene.org.pk)
        eventually(
            lambda: scene.crm.last_effect() >= start + count // 5, "the workers should write"
        )
        took = _halt(scene, start, count)
        scene.crm.full_speed()
        until_all_committed(scene.here.env["DATABASE_URL"], waiting.proposals)
    scene.crm.check_written(start, waiting.records)
    return [
        Figure(
            name=f"Time to halt, {WORKERS} workers committing {count}",
            value=took,
            unit="ms",
            floor=bare,
            floor_name="one call of the CRM",
        )
    ]


def _halt(scene: Scene, start: int, count: int) -> float:
    began = time.perf_counter()
    halt = backlog.pull(scene)
    check(backlog.confirm(halt), "the halt should be confirmed")
    took = (time.perf_counter() - began) * 1000
    last = scene.crm.last_effect()
    time.sleep(STAYS_QUIET_SECONDS)
    check(scene.crm.last_effect() == last, "nothing should be written after the answer")
    check(last < start + count, "the halt should come before the end of the backlog")
    backlog.release(scene, halt)
    return took


def _bare_call(scene: Scene) -> float:
    """Return the milliseconds of one composite call as the workers make it."""
    took = []
    with scene.crm.signed_in() as door:
        for _ in range(BARE_CALLS):
            records = scene.crm.seed(25, per_account=4)
            began = time.perf_counter()
            write_bare(door, records)
            took.append((time.perf_counter() - began) * 1000)
    return middle(took)
