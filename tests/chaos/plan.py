"""Which fault strikes when: drawn from a seed, the same every time. Pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong."""

    KILL_COMMIT_WORKER = "kill a commit worker"
    KILL_COMMIT_CHILD = "kill a commit worker's child"
    KILL_PREPARE = "kill the prepare worker"
    KILL_TIMERS = "kill the timers worker"
    KILL_BEAT = "kill beat"
    KILL_WEB = "kill the web server"
    KILL_APPROVERS = "kill the approvers"
    SECOND_BEAT = "run beat twice"
    FLUSH_REDIS = "flush Redis"
    RESTART_REDIS = "restart Redis"
    STOP_DATABASE = "restart PostgreSQL, fast"
    CRASH_DATABASE = "restart PostgreSQL, at once"
    LATENCY = "latency"
    SLOW_ANSWER = "answer after the time-out"
    UNAVAILABLE = "unavailable"
    LOCK_ROW = "lock_row"
    ERROR = "error"
    SESSIONS_END = "sessions end"
    EXPIRED = "expired"
    LIMIT_TOTAL = "limit_total"
    LIMIT_CONCURRENT = "limit_concurrent"
    DROP_BEFORE_COMMIT = "drop_before_commit"
    DROP_AFTER_COMMIT = "drop_after_commit"
    FAIL_AFTER_COMMIT = "fail_after_commit"


KILLS = frozenset(fault for fault in Fault if fault.value.startswith("kill"))
RESTARTS = frozenset({Fault.RESTART_REDIS, Fault.STOP_DATABASE, Fault.CRASH_DATABASE})


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault, the second at which it strikes, and a number to choose its victim by."""

    second: float
    fault: Fault
    luck: float


def draw(*, seed: int, seconds: float, every: float) -> Iterator[Strike]:
    """Yield one strike in each span of `every` seconds; all kinds come before any comes twice."""
    source = random.Random(seed)
    deck: list[Fault] = []
    for number in range(int(seconds / every)):
        if not deck:
            deck = list(Fault)
            source.shuffle(deck)
        yield Strike((number + source.random()) * every, deck.pop(), source.random())
