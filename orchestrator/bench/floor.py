"""
The raw-SQL cycle: what submit, decide, claim, write and finish cost with nothing around them.

It keeps the promises that matter: every step is durable with its audit row before the next, and the
claim stands before the PATCH leaves, so that a crash leaves a visible row. Waking is by Redis.
"""

import json
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from orchestrator.bench.door import Door
from orchestrator.bench.figures import check
from orchestrator.bench.load import CONTEXT, dealt, together
from orchestrator.bench.stub import running_stub
from orchestrator.bench.wakes import Wakes

WORKER_PROCESSES, WORKER_THREADS = 2, 2
TABLES = """
CREATE TABLE IF NOT EXISTS bench_item (
    id text PRIMARY KEY, state text NOT NULL, payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS bench_item_waiting ON bench_item (created_at)
    WHERE state = 'submitted';
CREATE TABLE IF NOT EXISTS bench_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, item text NOT NULL, event text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(), detail jsonb NOT NULL
)
"""
AUDIT = "INSERT INTO bench_audit (item, event, detail) SELECT id, %s, %s::jsonb FROM moved"
SUBMIT = f"""
WITH moved AS (
    INSERT INTO bench_item (id, state, payload) VALUES (%s, 'submitted', %s::jsonb) RETURNING id
) {AUDIT}
"""  # noqa: S608 - constants
MOVE = f"""
WITH moved AS (
    UPDATE bench_item SET state = %s WHERE id = %s AND state = %s RETURNING id
) {AUDIT}
"""  # noqa: S608 - constants
CLAIM = "UPDATE bench_item SET state = 'committing' WHERE id = %s AND state = 'approved'"
BARE_INSERT = "INSERT INTO bench_audit (item, event, detail) VALUES (%s, 'bare', %s::jsonb)"


@dataclass(frozen=True, slots=True)
class Floor:
    """Where the raw cycle keeps its rows, its wake-ups and its CRM."""

    database: str
    redis: str
    stub: str
    count: Any
    payload: str
    queue: str

    def submit(self, line: psycopg.Connection, item: str) -> None:
        """Store an item with its audit row."""
        line.execute(SUBMIT, [item, self.payload, "submitted", '{"by": "agent"}'])

    def decide(self, line: psycopg.Connection, wakes: Wakes, item: str) -> None:
        """Approve an item with its audit row, and wake a worker."""
        moved = line.execute(MOVE, ["approved", item, "submitted", "approved", '{"by": "person"}'])
        check(moved.rowcount == 1, "a raw item should be approved once")
        wakes.push(self.queue, item)

    def work(self) -> None:
        """Commit items until told to stop by an empty one."""
        with (
            psycopg.connect(self.database, autocommit=True) as line,
            Wakes(self.redis) as wakes,
            Door(self.stub) as crm,
        ):
            while (item := wakes.take(self.queue, 60)) not in (None, ""):
                moved = line.execute(CLAIM, [item])
                check(moved.rowcount == 1, "a raw item should be claimed once")
                crm.ask("PATCH", f"/records/{item}", self.payload.encode(), expect=(204,))
                done = ["committed", item, "committing", "committed", '{"by": "worker"}']
                line.execute(MOVE, done)
                wakes.push(f"{self.queue}:{item}", "done")


@contextmanager
def raw_floor(database: str, redis: str, body: Any) -> Iterator[Floor]:
    """Run the stub and four worker threads in two processes."""
    with psycopg.connect(database, autocommit=True) as line:
        line.execute(TABLES)
    with running_stub() as (address, count):
        queue = f"bench:{secrets.token_hex(4)}"
        floor = Floor(database, redis, address, count, json.dumps(body), queue)
        workers = [
            CONTEXT.Process(target=_workers, args=(floor,), daemon=True)
            for _ in range(WORKER_PROCESSES)
        ]
        for worker in workers:
            worker.start()
        try:
            yield floor
        finally:
            _dismiss(floor, workers)


def raw_cycles(floor: Floor, count: int, clients: int) -> float:
    """Submit `count` items, then approve each and wait for it; return cycles a second."""
    items = [f"i{secrets.token_hex(8)}" for _ in range(count)]
    before = floor.count.value

    def submit(_: int, mine: Sequence[str]) -> list[Any]:
        with psycopg.connect(floor.database, autocommit=True) as line:
            for item in mine:
                floor.submit(line, item)
        return []

    def decide(_: int, mine: Sequence[str]) -> list[Any]:
        with (
            psycopg.connect(floor.database, autocommit=True) as line,
            Wakes(floor.redis) as wakes,
        ):
            for item in mine:
                floor.decide(line, wakes, item)
                check(wakes.take(f"{floor.queue}:{item}", 60) == "done", "it should be committed")
        return []

    seconds = sum(together(work, dealt(items, clients))[1] for work in (submit, decide))
    check(floor.count.value - before == count, f"the stub should see exactly {count} PATCHes")
    return count / seconds


def raw_latency(floor: Floor, count: int) -> list[float]:
    """Return the milliseconds from decided to committed, one item at a time."""
    took = []
    with psycopg.connect(floor.database, autocommit=True) as line, Wakes(floor.redis) as wakes:
        for _ in range(count):
            item = f"i{secrets.token_hex(8)}"
            floor.submit(line, item)
            floor.decide(line, wakes, item)
            began = time.perf_counter()
            check(wakes.take(f"{floor.queue}:{item}", 60) == "done", "it should be committed")
            took.append((time.perf_counter() - began) * 1000)
    return took


def bare_inserts(database: str, payload: str, count: int) -> list[float]:
    """Return the milliseconds of durable inserts of one row each."""
    took = []
    with psycopg.connect(database, autocommit=True) as line:
        line.execute(TABLES)
        for number in range(count):
            began = time.perf_counter()
            line.execute(BARE_INSERT, [f"b{number}", payload])
            took.append((time.perf_counter() - began) * 1000)
    return took


def _workers(floor: Floor) -> None:
    threads = [threading.Thread(target=floor.work) for _ in range(WORKER_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _dismiss(floor: Floor, workers: Sequence[Any]) -> None:
    with Wakes(floor.redis) as wakes:
        for _ in range(WORKER_PROCESSES * WORKER_THREADS):
            wakes.push(floor.queue, "")
        for worker in workers:
            worker.join(timeout=5)
            worker.kill()
        wakes.forget(floor.queue)
