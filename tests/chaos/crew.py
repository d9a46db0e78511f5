"""The processes of the chaos run: killed at will, and started again soon after."""

import contextlib
import dataclasses
import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from orchestrator.embedded import stack
from orchestrator.embedded.ports import LOOPBACK
from orchestrator.embedded.processes import Child, ProcessSpec
from orchestrator.embedded.supervisor import Supervisor

FOUNDATIONS = ("postgres", "valkey")
# A server that was told to stop while it served must be back before others give up on it.
LONGEST_ABSENCE = 1.0
# A busy machine takes its time to start everything at once.
PATIENCE_SECONDS = 120.0


class Crew:
    """Every process by its name; only the main thread may start them."""

    def __init__(self, supervisor: Supervisor, *, seed: int) -> None:
        """Take over what the supervisor runs."""
        self.supervisor = supervisor
        self.back_at: dict[str, float] = {}
        self._source = random.Random(seed)

    def names(self, beginning: str) -> list[str]:
        """Return the names of the processes that are alive and begin so."""
        return sorted(
            name
            for name, child in self.supervisor.children.items()
            if name.startswith(beginning) and child.alive
        )

    def begin(self, *specs: ProcessSpec) -> list[Child]:
        """Start processes without waiting for them."""
        return [self.supervisor.begin(spec) for spec in specs]

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """Send a process a signal; what dies is started again by `tend`."""
        child = self.supervisor.children.get(name)
        if child is None or not child.alive:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, number)
        return True

    def kill_child(self, name: str) -> bool:
        """Kill one child of a process, as the kernel does when memory runs out."""
        parent = self.supervisor.children.get(name)
        children = children_of(parent.pid) if parent is not None and parent.alive else []
        if not children:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._source.choice(children), signal.SIGKILL)
        return True

    def tend(self, *, at_once: bool = False) -> None:
        """Start again what is dead: a moment later, so that orphans have time to do harm."""
        for name, child in list(self.supervisor.children.items()):
            if child.alive:
                continue
            wait = self._source.random() * LONGEST_ABSENCE
            due = self.back_at.setdefault(name, time.monotonic() + wait)
            if at_once or name in FOUNDATIONS or time.monotonic() >= due:
                del self.back_at[name]
                # What is left of the group ends with this: a new worker takes its name.
                self.supervisor._forget(child)
                self.supervisor.begin(child.spec)

    def dismiss(self, name: str) -> None:
        """End a process for good."""
        child = self.supervisor.children.get(name)
        if child is not None:
            self.back_at.pop(name, None)
            self.supervisor._forget(child)


def children_of(pid: int) -> list[int]:
    """Return the process ids of a process's children."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(one) for one in text.split()]


def specifications(
    folder: Path, *, port: int, commit_workers: int, seed: int, env: Mapping[str, str]
) -> list[ProcessSpec]:
    """Describe everything that runs above the two servers."""
    commit = stack.worker("commit", side_by_side=1, env=env)
    named = [
        dataclasses.replace(
            commit,
            name=f"worker-commit-{number}",
            argv=[part if part != "commit@%h" else f"commit-{number}@%h" for part in commit.argv],
        )
        for number in range(1, commit_workers + 1)
    ]
    web = stack.web(host=LOOPBACK, port=port, processes=1, env=env)
    approvers = [sys.executable, "-m", "tests.chaos.approving", str(seed)]
    return [
        dataclasses.replace(web, ready_within=PATIENCE_SECONDS),
        *named,
        stack.worker("prepare", side_by_side=1, env=env),
        stack.worker("timers", side_by_side=1, env=env),
        stack.beat(folder, env=env),
        ProcessSpec("approvers", approvers, env=env, cwd=stack.ROOT),
    ]


def second_beat(folder: Path, *, env: Mapping[str, str]) -> ProcessSpec:
    """Describe a beat that somebody started by mistake."""
    other = folder / "second"
    other.mkdir(exist_ok=True)
    return dataclasses.replace(stack.beat(other, env=env), name="second-beat")
