"""One bench from its first process to its table."""

import json
from collections.abc import Callable, Collection
from pathlib import Path

from django.db import connections

from orchestrator.bench import (
    alone,
    bulk,
    cycles,
    draining,
    halting,
    inbox,
    live,
    notifications,
    taking_back,
    timers,
    webhooks,
)
from orchestrator.bench.figures import Figure, WrongOutcome, as_json, table
from orchestrator.bench.load import ClientsFailed
from orchestrator.bench.scene import Scene, set_up
from orchestrator.bench.servers import committing, serving
from orchestrator.embedded.supervisor import say
from orchestrator.kernel import clock

Measure = Callable[[Scene], list[Figure]]
WITH_ONE_WORKER: dict[str, Measure] = {
    "submit": alone.measure_submit,
    "decide": alone.measure_decide,
    "live": live.measure,
    "cycles": cycles.measure,
    "drain": draining.measure,
    "bulk": bulk.measure,
    "rollback": taking_back.measure,
    "deliveries": notifications.measure,
    "webhooks": webhooks.measure,
}
# The first starts its own workers; the last leaves very many rows behind.
AFTERWARDS: dict[str, Measure] = {
    "halt": halting.measure,
    "timers": timers.measure,
    "inbox": inbox.measure,
}
NAMES = (*WITH_ONE_WORKER, *AFTERWARDS)


def measure_all(*, folder: Path, wanted: Collection[str], quick: bool, into: Path | None) -> str:
    """Measure, print the table, keep it as JSON if asked; return what went wrong, if anything."""
    figures: list[Figure] = []
    problem = ""
    try:
        _measure(folder, wanted, figures, quick=quick)
    except (WrongOutcome, ClientsFailed) as error:
        problem = f"The bench stopped: {error}"
    if figures:
        say(f"\n{table(figures)}\n")
    if into is not None:
        into.write_text(json.dumps(as_json(figures), indent=2))
    return problem


def _measure(folder: Path, wanted: Collection[str], figures: list[Figure], *, quick: bool) -> None:
    with serving(folder) as here:
        scene = set_up(here, at=clock.now(), quick=quick)
        with committing(here, side_by_side=1):
            _each(scene, WITH_ONE_WORKER, wanted, figures)
        _each(scene, AFTERWARDS, wanted, figures)


def _each(
    scene: Scene, measures: dict[str, Measure], wanted: Collection[str], figures: list[Figure]
) -> None:
    for name, measure in measures.items():
        if name in wanted:
            say(f"measuring {name} …")
            # Clients are copies of this process, and a connection must not be copied.
            connections.close_all()
            figures += measure(scene)
