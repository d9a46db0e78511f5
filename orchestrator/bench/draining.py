"""A backlog: how many calls of the CRM a committed change costs, and how fast it drains."""

import time

from orchestrator.bench import backlog
from orchestrator.bench.crm import write_bare
from orchestrator.bench.figures import Figure
from orchestrator.bench.scene import Scene
from orchestrator.bench.waiting import until_all_committed

AIM, NAIVE = 0.1, 3.0


def measure(scene: Scene) -> list[Figure]:
    """Drain a backlog; then write as many records with nothing around the calls."""
    count = 200 if scene.quick else 1000
    waiting = backlog.build(scene, count)
    scene.crm.clear_calls()
    began = time.perf_counter()
    backlog.release(scene, waiting.halt)
    until_all_committed(scene.here.env["DATABASE_URL"], waiting.proposals)
    took = time.perf_counter() - began
    calls = scene.crm.calls() / count
    scene.crm.check_written(waiting.start, waiting.records)
    return [
        Figure(
            name=f"CRM calls per change, backlog of {count}",
            value=calls,
            unit="calls",
            floor=NAIVE,
            floor_name="one by one",
            aim="at most 0.1",
            met=calls <= AIM,
        ),
        Figure(
            name=f"Drain of {count} approved changes",
            value=count / took,
            unit="/s",
            floor=_bare_rate(scene, count),
            floor_name="bare writes, 25 a call",
        ),
    ]


def _bare_rate(scene: Scene, count: int) -> float:
    records, start = scene.crm.seed(count, per_account=4), scene.crm.last_effect()
    with scene.crm.signed_in() as door:
        began = time.perf_counter()
        write_bare(door, records)
        took = time.perf_counter() - began
    scene.crm.check_written(start, records)
    return count / took
