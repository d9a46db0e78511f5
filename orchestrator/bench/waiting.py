"""Waiting for what workers do, cheaply: one query for everybody who waits in a process."""

import threading
import time
from collections.abc import Callable, Sequence

import psycopg

from orchestrator.bench.figures import check

LOOK_EVERY, LONGEST_SECONDS = 0.004, 120.0
COMMITTED = "SELECT id FROM approvals_proposal WHERE id = ANY(%s) AND state = 'committed'"
UNPREPARED = "SELECT EXISTS (SELECT 1 FROM approvals_proposal WHERE prepare_at IS NOT NULL)"
STATES = "SELECT count(*) FROM approvals_proposal WHERE id = ANY(%s) AND state = %s"


class Watch:
    """Tells the threads of one process when their proposals are committed."""

    def __init__(self, database: str) -> None:
        """Note where to look; the first who waits starts the looking, in their own process."""
        self._database = database
        self._lock = threading.Lock()
        self._waiting: dict[str, threading.Event] = {}
        self._looking = False

    def until_committed(self, proposal_id: str) -> None:
        """
        Wait until the proposal is committed.

        :raises WrongOutcome: if it takes too long
        """
        seen = threading.Event()
        with self._lock:
            self._waiting[proposal_id] = seen
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look, daemon=True).start()
        check(seen.wait(LONGEST_SECONDS), f"{proposal_id} should be committed in time")

    def _look(self) -> None:
        with psycopg.connect(self._database, autocommit=True) as line:
            while True:
                with self._lock:
                    asked = list(self._waiting)
                if asked:
                    for (found,) in line.execute(COMMITTED, [asked]).fetchall():
                        with self._lock:
                            seen = self._waiting.pop(found)
                        seen.set()
                time.sleep(LOOK_EVERY)


def eventually(met: Callable[[], bool], what: str, *, every: float = 0.01) -> None:
    """
    Look again and again until it is so.

    :raises WrongOutcome: if it takes too long
    """
    ends = time.monotonic() + LONGEST_SECONDS
    while not met():
        check(time.monotonic() < ends, what)
        time.sleep(every)


def until_prepared(database: str, proposal_ids: Sequence[str]) -> None:
    """Wait until everything is prepared, and check that these proposals are in review."""
    with psycopg.connect(database, autocommit=True) as line:
        eventually(
            lambda: line.execute(UNPREPARED).fetchone() == (False,),
            "preparation should come to end",
        )
    check_all(database, proposal_ids, "in_review")


def until_all_committed(database: str, proposal_ids: Sequence[str]) -> None:
    """Wait until all of these proposals are committed."""
    asked = [list(proposal_ids), "committed"]
    with psycopg.connect(database, autocommit=True) as line:
        eventually(
            lambda: line.execute(STATES, asked).fetchone() == (len(proposal_ids),),
            "all proposals should be committed",
        )


def check_all(database: str, proposal_ids: Sequence[str], state: str) -> None:
    """
    Check that all of these proposals are in one state.

    :raises WrongOutcome: if one is not
    """
    with psycopg.connect(database, autocommit=True) as line:
        found = line.execute(STATES, [list(proposal_ids), state]).fetchone()
    check(found == (len(proposal_ids),), f"all {len(proposal_ids)} proposals should be {state}")
