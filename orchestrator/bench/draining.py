"""A backlog: how many calls of the CRM a committed change costs, and how fast it drains."""

import time

from orchestrator.bench import backlog, bare
from orchestrator.bench.figures import Figure
from orchestrator.bench.scene import Scene
from orchestrator.bench.waiting import until_all_committed

CALLS_AIM, NAIVE = 0.06, 3.0
RATE_AIM = 0.6
# What a composite call takes over a network to a real org; the first figure is without it.
CRM_MILLISECONDS = 100


def measure(scene: Scene) -> list[Figure]:
    """Drain a backlog, at the speed of the simulator and at that of a real CRM."""
    count = 200 if scene.quick else 5000
    calls, rate = _drain(scene, count)
    figures = [
        Figure(
            name=f"CRM calls per change, backlog of {count}",
            value=calls,
            unit="calls",
            floor=NAIVE,
            floor_name="one by one",
            aim=f"at most {CALLS_AIM}",
            met=calls <= CALLS_AIM,
        ),
        _rate(f"Drain of {count} approved changes, 1 worker", rate, bare.rate(scene, count)),
    ]
    scene.crm.slow_down(CRM_MILLISECONDS)
    count = 200 if scene.quick else 1000
    _, rate = _drain(scene, count)
    name = f"Drain of {count}, {CRM_MILLISECONDS} ms a call of the CRM, 1 worker"
    figures.append(_rate(name, rate, bare.rate(scene, count)))
    scene.crm.full_speed()
    return figures


def _drain(scene: Scene, count: int) -> tuple[float, float]:
    """Return how many calls a change cost, and how many changes a second were committed."""
    waiting = backlog.build(scene, count)
    scene.crm.clear_calls()
    began = time.perf_counter()
    backlog.release(scene, waiting.halt)
    until_all_committed(scene.here.env["DATABASE_URL"], waiting.proposals)
    took = time.perf_counter() - began
    calls = scene.crm.calls() / count
    scene.crm.check_written(waiting.start, waiting.records)
    return calls, count / took


def _rate(name: str, rate: float, floor: float) -> Figure:
    return Figure(
        name=name,
        value=rate,
        unit="/s",
        floor=floor,
        floor_name="the same calls in a bare loop",
        aim=f"at least {RATE_AIM} x",
        met=rate >= RATE_AIM * floor,
    )
