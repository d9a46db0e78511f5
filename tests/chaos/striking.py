"""Doing what the plan says: one function a kind of fault, and a count of what struck."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from tests.chaos.crew import Crew, second_beat
from tests.chaos.plan import Fault, Strike
from tests.simulated_org import SimulatedOrg

# Longer than the time-out of the run, and shorter than twice that: what is on the wire when its
# worker gives up lands before anybody reads back.
LATE_MILLISECONDS = 4000
QUOTA_SECONDS = 2.0
SECOND_BEAT_SECONDS = 6.0
WRITES, EVERYTHING = "/composite$", "/services/data"
RULES: dict[Fault, dict[str, Any]] = {
    Fault.LATENCY: {"kind": "latency", "times": 6, "path": EVERYTHING, "milliseconds": 400},
    Fault.SLOW_ANSWER: {
        "kind": "latency", "path": WRITES, "milliseconds": LATE_MILLISECONDS, "when": "after",
    },
    Fault.UNAVAILABLE: {"kind": "unavailable", "times": 2, "path": EVERYTHING},
    Fault.LOCK_ROW: {"kind": "lock_row", "times": 3},
    Fault.ERROR: {
        "kind": "error", "object": "Opportunity", "code": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "message": "Not today.",
    },
    Fault.EXPIRED: {"kind": "expired", "path": EVERYTHING},
    Fault.LIMIT_TOTAL: {"kind": "limit_total", "times": None, "path": WRITES},
    Fault.LIMIT_CONCURRENT: {"kind": "limit_concurrent", "times": 2, "path": EVERYTHING},
    Fault.DROP_BEFORE_COMMIT: {"kind": "drop_before_commit", "path": WRITES},
    Fault.DROP_AFTER_COMMIT: {"kind": "drop_after_commit", "path": WRITES},
    Fault.FAIL_AFTER_COMMIT: {"kind": "fail_after_commit", "path": WRITES},
}  # fmt: skip
VICTIMS = {
    Fault.KILL_COMMIT_WORKER: "worker-commit",
    Fault.KILL_PREPARE: "worker-prepare",
    Fault.KILL_TIMERS: "worker-timers",
    Fault.KILL_BEAT: "beat",
    Fault.KILL_WEB: "web",
    Fault.KILL_APPROVERS: "approvers",
}
ENDS = {
    Fault.RESTART_REDIS: ("valkey", signal.SIGKILL),
    Fault.STOP_DATABASE: ("postgres", signal.SIGINT),
    Fault.CRASH_DATABASE: ("postgres", signal.SIGQUIT),
}


class Storm:
    """Whatever strikes, and what has struck so far."""

    def __init__(
        self, crew: Crew, crm: SimulatedOrg, *, redis_url: str, folder: Path, env: dict[str, str]
    ) -> None:
        """Note what can be hit."""
        self.crew, self.crm, self.folder, self.env = crew, crm, folder, env
        self.redis_url = redis_url
        self.struck: Counter[Fault] = Counter()
        self._later: list[tuple[float, Callable[[], object]]] = []

    def strike(self, strike: Strike) -> bool:
        """Let one fault happen; say whether there was anything to hit, and count it if so."""
        fault = strike.fault
        if fault in RULES:
            self._break_crm(fault)
            hit = True
        elif fault in VICTIMS:
            hit = self._victim(strike, self.crew.kill)
        elif fault in ENDS:
            hit = self.crew.kill(*ENDS[fault])
        else:
            hit = self._others(strike)
        self.struck[fault] += hit
        return hit

    def has_struck(self) -> bool:
        """Say whether everything that was broken in the CRM has met a request."""
        return not self._later and not self.crm.control("GET", "faults")["rules"]

    def pass_by(self) -> None:
        """End what lasts only for a while."""
        now = time.monotonic()
        due = [act for at, act in self._later if at <= now]
        self._later = [(at, act) for at, act in self._later if at > now]
        for act in due:
            act()

    def die_down(self) -> None:
        """End everything that was left broken."""
        for _, act in self._later:
            act()
        self._later = []
        self.crm.clear_faults()

    def _others(self, strike: Strike) -> bool:
        if strike.fault is Fault.KILL_COMMIT_CHILD:
            return self._victim(strike, self.crew.kill_child, "worker-commit")
        if strike.fault is Fault.SESSIONS_END:
            self.crm.expire_sessions()
            return True
        if strike.fault is Fault.FLUSH_REDIS:
            return self._flush()
        if not self.crew.names("second-beat"):
            self.crew.begin(second_beat(self.folder, env=self.env))
            self._after(SECOND_BEAT_SECONDS, lambda: self.crew.dismiss("second-beat"))
        return True

    def _victim(self, strike: Strike, kill: Callable[[str], bool], beginning: str = "") -> bool:
        names = self.crew.names(beginning or VICTIMS[strike.fault])
        return bool(names) and kill(names[int(strike.luck * len(names))])

    def _break_crm(self, fault: Fault) -> None:
        rule = RULES[fault]
        number = self.crm.fault(**rule)["id"]
        if rule.get("times", 1) is None:
            remove = {"id": number}
            self._after(QUOTA_SECONDS, lambda: self.crm.control("DELETE", "faults", params=remove))

    def _flush(self) -> bool:
        try:
            with redis.Redis.from_url(self.redis_url, socket_timeout=2) as server:
                server.flushall()
        except redis.RedisError:
            return False
        return True

    def _after(self, seconds: float, act: Callable[[], object]) -> None:
        self._later.append((time.monotonic() + seconds, act))
