"""Runs of the small runner program, ended whatever the test does."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.embedded.observing import alive, until

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Run:
    """One life of the runner: its process, and what it said it had started."""

    process: subprocess.Popen[str]
    pids: dict[str, int]
    addresses: dict[str, str]

    def survivors(self) -> list[str]:
        """Name what still runs."""
        return [name for name, pid in self.pids.items() if alive(pid)]

    def is_gone(self, within: float = 60.0) -> bool:
        """Say whether everything has ended, the runner too."""
        self.process.poll()
        return until(
            lambda: self.process.poll() is not None and not self.survivors(), within=within
        )


@pytest.fixture
def start_runner() -> Iterator[Callable[..., Run]]:
    """A function that starts the runner on a data folder and waits for its report."""
    processes: list[subprocess.Popen[str]] = []

    def start(data: Path, *, command: tuple[str, ...] = (sys.executable,), cwd: Path = ROOT) -> Run:
        process = subprocess.Popen(
            [*command, "-m", "tests.embedded.runner", str(data)],
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=(data.parent / "runner.err").open("a"),
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (data.parent / "runner.err").read_text()
        return Run(process, **json.loads(line))

    yield start
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
