"""Redis, PostgreSQL, beat and workers fail under a running Countersign; the work goes on after."""

import re
import shutil
import signal
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
import redis

from tests.chaos import evidence
from tests.chaos.crew import Crew, children_of, second_beat
from tests.chaos.judge import judge
from tests.chaos.proposing import Agent, Said
from tests.chaos.run import Options, Scene, settle, standing_scene
from tests.races.scene import eventually

pytestmark = [pytest.mark.req("E1"), pytest.mark.timeout(300)]
COUNT = 12
WORKERS = ("worker-commit-1", "worker-prepare", "worker-timers")


@pytest.fixture(scope="module")
def house():
    """Countersign with every process, on a PostgreSQL and a Valkey of its own."""
    folder = Path(tempfile.mkdtemp(prefix="countersign-broken-"))
    options = Options(seed=1, seconds=0, commit_workers=1, opportunities=400)
    try:
        with standing_scene(options, folder, lambda line: None) as scene:
            yield scene
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Trial:
    """One test's agent in the house, and what it was told."""

    house: Scene
    agent: Agent
    said: Said
    start: int

    @property
    def crew(self) -> Crew:
        """Return the processes."""
        return self.house.crew

    def propose(self, count: int = COUNT) -> None:
        """Propose changes, however long it takes until somebody answers."""
        never = threading.Event()
        for _ in range(count):
            self.agent.propose(never)

    def states(self) -> set[str]:
        """Return the states of what was proposed."""
        text = "SELECT DISTINCT state FROM approvals_proposal WHERE id = ANY(%s)"
        return {state for (state,) in self.query(text, list(self.said.proposals.values()))}

    def on_the_wire(self) -> bool:
        """Say whether a write was announced and has no answer yet."""
        sent = "SELECT 1 FROM commits_commit WHERE state = 'claimed' AND sent_at IS NOT NULL"
        return bool(self.query(sent))

    def query(self, text: LiteralString, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database of the house."""
        with psycopg.connect(self.house.database_url, autocommit=True) as database:
            return database.execute(text, values).fetchall()

    def stop(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End a process and see it gone; nobody starts it again yet."""
        assert self.crew.kill(name, number)
        eventually(lambda: not self.crew.names(name))

    def check_everything_was_written_once(self) -> None:
        """Wait until nothing moves any more, then judge all that ever happened in this house."""
        assert settle(self.house, lambda line: None) == []
        told = self.said.proposals
        case = evidence.collect(self.house.database_url, self.house.crm, after=0, acknowledged=told)
        assert judge(case) == []
        assert len(told) >= COUNT
        assert not self.said.refusals
        decided = {"committed", "denied", "revision_requested", "discarded"}
        assert {case.states[one] for one in told.values()} <= decided
        assert self.house.crm.last_effect() > self.start


@pytest.fixture
def trial(house: Scene, request: pytest.FixtureRequest) -> Trial:
    """The house in good order, with an agent that is new to every test."""
    house.crew.tend(at_once=True)
    house.crm.clear_faults()
    name = re.sub(r"\W+", "-", request.node.name).strip("-")[-60:]
    said = Said()
    agent = Agent(house.address, house.key, house.deals, name=name, seed=name, said=said)
    return Trial(house, agent, said, house.crm.last_effect())


class TestRedis:
    def test_that_is_flushed_delays_and_loses_nothing(self, trial):
        trial.propose()
        with redis.Redis.from_url(trial.house.redis_url) as server:
            server.flushall()
        trial.propose()
        trial.check_everything_was_written_once()

    def test_that_is_restarted_delays_and_loses_nothing(self, trial):
        trial.propose()
        trial.stop("valkey")
        trial.propose(2)
        trial.crew.tend()
        trial.propose()
        trial.check_everything_was_written_once()

    def test_that_is_absent_when_everything_starts_is_waited_for(self, trial):
        for name in ("web", "beat", *WORKERS, "valkey"):
            trial.stop(name)
        processes = trial.crew.supervisor.children
        broker = processes.pop("valkey")
        trial.crew.tend(at_once=True)
        trial.crew.supervisor.wait_until_ready(processes["web"])

        # The web server takes proposals all the same; nobody is there to prepare them.
        trial.propose()
        assert trial.states() == {"received"}
        waiting = [processes[name] for name in ("beat", *WORKERS)]
        assert all(child.alive for child in waiting), [child.tail() for child in waiting]

        broker.end()
        trial.crew.begin(broker.spec)
        trial.check_everything_was_written_once()
        assert all(child.alive for child in waiting)


class TestPostgres:
    @pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
    def test_that_restarts_between_announcement_and_answer_doubles_nothing(self, trial, how):
        trial.house.crm.fault("latency", path="/composite$", milliseconds=1500, when="after")
        trial.propose()
        eventually(lambda: trial.house.crm.last_effect() > trial.start)
        assert trial.on_the_wire()
        trial.stop("postgres", how)
        trial.crew.tend()

        trial.check_everything_was_written_once()
        assert trial.query("SELECT 1 FROM audit_entry WHERE event = 'commit.settled'")

    def test_that_restarts_leaves_no_worker_on_a_dead_connection(self, trial):
        for _ in range(2):
            trial.propose()
            trial.check_everything_was_written_once()
            trial.stop("postgres", signal.SIGINT)
            trial.crew.tend()
        trial.propose()
        trial.check_everything_was_written_once()


class TestProcesses:
    def test_a_child_killed_for_memory_is_replaced_and_its_commits_settled(self, trial):
        parent = trial.crew.supervisor.children["worker-commit-1"]
        before = children_of(parent.pid)
        trial.house.crm.fault("latency", path="/composite$", milliseconds=800)
        trial.propose()
        eventually(trial.on_the_wire)
        assert trial.crew.kill_child("worker-commit-1")

        trial.check_everything_was_written_once()
        assert parent.alive
        assert children_of(parent.pid) != before

    def test_a_second_beat_fires_no_sweep_twice_in_effect(self, trial, tmp_path):
        trial.crew.begin(second_beat(tmp_path, env=trial.house.storm.env))
        try:
            trial.propose()
            trial.check_everything_was_written_once()
        finally:
            trial.crew.dismiss("second-beat")
        twice = """
            SELECT proposal_id, event, detail FROM audit_entry
            WHERE event IN ('commit.done', 'proposal.prepared', 'proposal.approved')
            GROUP BY 1, 2, 3 HAVING count(*) > 1
        """
        assert trial.query(twice) == []

    def test_beat_that_was_killed_is_heard_again(self, trial):
        trial.stop("beat")
        began = time.time()
        trial.crew.tend(at_once=True)
        pulse = "SELECT extract(epoch FROM at) FROM commits_pulse WHERE part = 'timers'"
        eventually(lambda: float(trial.query(pulse)[0][0]) > began)
