"""Starts processes in order, restarts what dies, stops everything, and leaves no orphan."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from orchestrator.embedded import watchdog
from orchestrator.embedded.errors import EmbeddedError, ProcessFailed, StopRequested
from orchestrator.embedded.processes import Child, ProcessSpec, follow_parent

POLL = 0.05
FIRST_DELAY, LONGEST_DELAY, STEADY_AFTER = 0.5, 30.0, 30.0
LOG_LIMIT = 5 * 1024 * 1024
# Set by the Makefile: killing make must not leave what it started.
STOP_WITH_PARENT = "COUNTERSIGN_STOP_WITH_PARENT"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Handler = Callable[[int, FrameType | None], Any] | int | None


def say(line: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Supervisor:
    """
    A context in which processes live; none of them outlives it, even if it is killed.

    Start everything from the main thread: the kernel ends a child with the thread that made it.
    With `signals=False` the caller keeps its own handling of Ctrl-C and calls `stop` itself.
    """

    def __init__(
        self, *, logs: Path, signals: bool = True, tell: Callable[[str], object] = say
    ) -> None:
        self.logs = logs
        self.tell = tell
        self.signals = signals
        self.stopping = False
        self.impatient = False
        self.children: dict[str, Child] = {}
        self._started_at: dict[str, float] = {}
        self._delay: dict[str, float] = {}
        self._restart_at: dict[str, float] = {}
        self._folders: list[Path] = []
        self._previous: dict[int, Handler] = {}

    def __enter__(self) -> Self:
        """Open the watch: signal handlers and the watchdog."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self._wake_read, self._wake_write = os.pipe()
        if os.environ.get(STOP_WITH_PARENT):
            follow_parent()
        if self.signals:
            self._previous = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        self._watchdog = subprocess.Popen(  # noqa: S603 - our own file under our own interpreter
            [sys.executable, "-I", "-S", watchdog.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Stop everything; a requested stop is not an error."""
        self.stop()
        self._restore_signals()
        os.close(self._wake_read)
        os.close(self._wake_write)
        return isinstance(error, StopRequested)

    def _restore_signals(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def start(self, spec: ProcessSpec) -> Child:
        """
        Start the process and wait until it is ready.

        :raises ProcessFailed: if it ends or is not ready in time
        :raises StopRequested: if a signal asks for the stop meanwhile
        """
        return self.wait_until_ready(self.begin(spec))

    def begin(self, spec: ProcessSpec) -> Child:
        """
        Start the process without waiting for it.

        :raises EmbeddedError: if called from another thread than the main one
        """
        if threading.current_thread() is not threading.main_thread():
            raise EmbeddedError("Start processes from the main thread: they die with their thread.")
        return self._spawn(spec)

    def wait_until_ready(self, child: Child) -> Child:
        """
        Wait until a process that was begun is ready.

        :raises ProcessFailed: if it ends or is not ready in time
        :raises StopRequested: if a signal asks for the stop meanwhile
        """
        spec = child.spec
        deadline = time.monotonic() + spec.ready_within
        while spec.ready is not None and not spec.ready():
            self._still_wanted(child)
            if time.monotonic() > deadline:
                raise ProcessFailed(
                    f"{spec.name} was not ready within {spec.ready_within:g} s. Its log, "
                    f"{child.log}, ends:\n{child.tail()}"
                )
            self._pause(POLL)
        self._still_wanted(child)
        return child

    def run(self, spec: ProcessSpec) -> None:
        """
        Run the process to its end.

        :raises ProcessFailed: if it ends with an error
        :raises StopRequested: if a signal asks for the stop meanwhile
        """
        child = self._spawn(spec)
        while child.alive:
            if self.stopping:
                raise StopRequested(f"stopped during {spec.name}")
            self._pause(POLL)
        self._forget(child)
        if child.exit_code != 0:
            raise ProcessFailed(
                f"{spec.name} ended with {child.exit_code}. Its log, {child.log}, ends:\n"
                f"{child.tail()}"
            )

    def wait(self) -> None:
        """Restart what dies until a signal or `request_stop` ends the watch."""
        while not self.stopping:
            self.tend()
            self._pause(0.2)

    def tend(self) -> None:
        """Look at every process once: plan a restart for the dead, start what is due."""
        moment = time.monotonic()
        for name, child in list(self.children.items()):
            if child.alive:
                continue
            if name not in self._restart_at:
                self._plan_restart(name, child, moment)
            elif moment >= self._restart_at[name]:
                del self._restart_at[name]
                self._spawn(child.spec)

    def request_stop(self) -> None:
        """Make `wait` return; asked for again while stopping, waits for nobody any more."""
        self.impatient = self.stopping
        self.stopping = True
        os.write(self._wake_write, b".")

    def remove_at_end(self, folder: Path) -> None:
        """Have the temporary folder removed at the end, also if this process is killed."""
        self._folders.append(folder)
        self._report(f"folder {folder}")

    def stop(self) -> None:
        """Stop everything, foundations last; the second call does nothing."""
        if self._watchdog.stdin is None or self._watchdog.stdin.closed:
            return
        self.stopping = True
        upper = [child for child in self.children.values() if not child.spec.foundation]
        self._stop_together(reversed(upper))
        self._stop_together(reversed(list(self.children.values())))
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        self._report("goodbye")
        self._watchdog.stdin.close()
        self._watchdog.wait()

    def _spawn(self, spec: ProcessSpec) -> Child:
        log = self.logs / f"{spec.name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        child = Child(spec, log)
        self._report(f"started {child.pid} {int(spec.stop_signal)}")
        self.children[spec.name] = child
        self._started_at[spec.name] = time.monotonic()
        return child

    def _still_wanted(self, child: Child) -> None:
        if self.stopping:
            raise StopRequested(f"stopped while {child.spec.name} was starting")
        if not child.alive:
            self._forget(child)
            raise ProcessFailed(
                f"{child.spec.name} ended with {child.exit_code} while starting. Its log, "
                f"{child.log}, ends:\n{child.tail()}"
            )

    def _plan_restart(self, name: str, child: Child, moment: float) -> None:
        child.end()
        self._report(f"ended {child.pid}")
        steady = moment - self._started_at[name] > STEADY_AFTER
        delay = FIRST_DELAY if steady else self._delay.get(name, FIRST_DELAY)
        self._delay[name] = min(delay * 2, LONGEST_DELAY)
        self._restart_at[name] = moment + delay
        self.tell(f"{name} ended with {child.exit_code}; starting it again in {delay:g} s")

    def _forget(self, child: Child) -> None:
        child.end()
        self._report(f"ended {child.pid}")
        self.children.pop(child.spec.name, None)

    def _stop_together(self, children: Iterable[Child]) -> None:
        leaving = list(children)
        for child in leaving:
            child.ask_to_stop()
        begun = time.monotonic()
        for child in leaving:
            while child.alive and not self._out_of_patience(child, begun):
                time.sleep(POLL)
            if child.alive:
                self.tell(f"{child.spec.name} did not stop in time and was killed")
            child.end()
            self._report(f"ended {child.pid}")
            self.children.pop(child.spec.name, None)

    def _out_of_patience(self, child: Child, begun: float) -> bool:
        return self.impatient or time.monotonic() - begun > child.spec.grace

    def _pause(self, seconds: float) -> None:
        """Sleep, but wake at once when a stop is requested."""
        readable, _, _ = select.select([self._wake_read], [], [], seconds)
        if readable:
            os.read(self._wake_read, 64)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.request_stop()

    def _report(self, line: str) -> None:
        if self._watchdog.stdin is None or self._watchdog.stdin.closed:
            return
        with contextlib.suppress(BrokenPipeError):
            self._watchdog.stdin.write(f"{line}\n".encode())
            self._watchdog.stdin.flush()
