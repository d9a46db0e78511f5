"""Full cycles a second over HTTP with everything on, beside the raw-SQL cycle."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.bench.figures import Figure, middle
from orchestrator.bench.floor import raw_cycles, raw_floor
from orchestrator.bench.load import dealt, together
from orchestrator.bench.scene import CLIENTS, Desk, Scene, open_desk, session_of
from orchestrator.bench.waiting import Watch, check_all, until_prepared

AIM = 0.20


@dataclass(frozen=True, slots=True)
class Round:
    """How long the parts of one round took, and how many cycles it was."""

    count: int
    submitting: float
    preparing: float
    deciding: float

    @property
    def rate(self) -> float:
        """Return full cycles a second."""
        return self.count / (self.submitting + self.preparing + self.deciding)


def measure(scene: Scene) -> list[Figure]:
    """Take turns with the floor, so that both see the same machine."""
    rounds, count, raw_count = (1, 160, 800) if scene.quick else (3, 600, 3000)
    database = scene.here.env["DATABASE_URL"]
    desks = _desks(scene)
    raw, ours = [], []
    with raw_floor(
        database, scene.here.env["REDIS_URL"], scene.body("006000000000001AAA")
    ) as floor:
        raw_cycles(floor, 10 * CLIENTS, CLIENTS)
        for _ in range(rounds):
            raw.append(raw_cycles(floor, raw_count, CLIENTS))
            ours.append(run_round(scene, desks, count))
    rate, bound = middle([each.rate for each in ours]), middle(raw)
    shares = {
        "submitting": [each.submitting / each.count for each in ours],
        "preparing what is left": [each.preparing / each.count for each in ours],
        "deciding and committing": [each.deciding / each.count for each in ours],
    }
    return [
        Figure(
            name=f"Full cycles over HTTP, {CLIENTS} clients",
            value=rate,
            unit="/s",
            floor=bound,
            floor_name="raw SQL cycle",
            aim="at least 0.20 x, goal 0.30 x",
            met=rate / bound >= AIM,
        ),
        *(
            Figure(name=f"  of it {name}", value=middle(values) * 1000, unit="ms each")
            for name, values in shares.items()
        ),
    ]


def run_round(scene: Scene, desks: Sequence[Desk], count: int) -> Round:
    """Bring `count` proposals from nothing to the CRM, 16 at a time; check every write."""
    database = scene.here.env["DATABASE_URL"]
    records, start = scene.crm.seed(count), scene.crm.last_effect()
    work = [(record, f"cycle-{next(scene.keys)}") for record in records]
    receipts, submitting = together(lambda _, mine: _submit(scene, mine), dealt(work, CLIENTS))
    proposals = [(each["id"], each["digest"]) for each in receipts]
    began = time.perf_counter()
    until_prepared(database, [key for key, _ in proposals])
    preparing = time.perf_counter() - began
    watch = Watch(database)

    def decide(number: int, mine: Sequence[Any]) -> list[Any]:
        for key, digest in mine:
            desks[number].approve(key, digest)
            watch.until_committed(key)
        return []

    _, deciding = together(decide, dealt(proposals, CLIENTS))
    check_all(database, [key for key, _ in proposals], "committed")
    scene.crm.check_written(start, records)
    return Round(count, submitting, preparing, deciding)


def _submit(scene: Scene, mine: Sequence[Any]) -> list[Any]:
    with scene.agents_door() as door:
        return [scene.submit(door, record, key) for record, key in mine]


def _desks(scene: Scene) -> list[Desk]:
    """Open the review page as everybody once, and warm everything with one cycle each."""
    sessions = [session_of(person) for person in scene.people]
    [record] = scene.crm.seed(1)
    with scene.agents_door() as door:
        seen = scene.submit(door, record, f"warm-{next(scene.keys)}")["id"]
    until_prepared(scene.here.env["DATABASE_URL"], [seen])
    desks = [open_desk(scene.here.address, session, seen) for session in sessions]
    run_round(scene, desks, CLIENTS)
    return desks
