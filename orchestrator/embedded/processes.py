"""One child process: how it is started, how it dies with its parent, how it is stopped."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.embedded.accounts import Account

PR_SET_PDEATHSIG = 1
TAIL_LINES = 15
# Looked up before any fork: after it, even importing is not safe.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class ProcessSpec:
    """
    What to run and how to tell that it is up.

    `env` is added to the caller's environment. `ready` is asked until it says yes; without it the
    process counts as ready at once. A `foundation` (a database) is stopped after all the others.
    """

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    ready_within: float = 30.0
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    cwd: Path | None = None
    account: Account | None = None
    pass_fds: tuple[int, ...] = ()
    foundation: bool = False


def follow_parent() -> None:
    """Have this process stopped when the one that started it dies, where the system can."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def _bound_to_parent(number: signal.Signals, parent: int) -> Callable[[], None]:
    """Return the step between fork and exec that ties the child's life to its parent's."""

    def bind() -> None:
        # Runs after the change of user, which would clear the setting.
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return bind


class Child:
    """A started process in a session of its own, with its output in a file."""

    def __init__(self, spec: ProcessSpec, log: Path) -> None:
        self.spec = spec
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - argv is written by our own code
                [str(part) for part in spec.argv],
                cwd=spec.cwd,
                env={**os.environ, **spec.env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=spec.pass_fds,
                # Only ever called from the main thread, see Supervisor.start.
                preexec_fn=_bound_to_parent(spec.stop_signal, os.getpid()),  # noqa: PLW1509
                **(spec.account.popen_arguments if spec.account else {}),
            )

    @property
    def pid(self) -> int:
        """Return the process id, which is also the id of its session and group."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Say whether the process still runs."""
        return self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Return how the process ended, None while it runs."""
        return self.process.poll()

    def ask_to_stop(self) -> None:
        """Send the process its own stop signal."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(self.spec.stop_signal)

    def end(self) -> None:
        """Kill whatever is left of the session and collect the process."""
        with contextlib.suppress(ProcessLookupError):
            # A killed server leaves workers that still hold its port; they share its group.
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def tail(self) -> str:
        """Return the last lines of the output."""
        if not self.log.exists():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])
