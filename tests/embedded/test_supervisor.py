"""Start in order, restart the dead, stop everything: with small real processes."""

import dataclasses
import os
import signal
import sys
import threading
import time

import pytest

from orchestrator.embedded.errors import EmbeddedError, ProcessFailed, StopRequested
from orchestrator.embedded.processes import ProcessSpec
from orchestrator.embedded.supervisor import Supervisor
from tests.embedded.observing import alive, until

SLEEP = "import time; time.sleep(3600)"


def script(name: str, code: str, *arguments: object, **more) -> ProcessSpec:
    return ProcessSpec(name, [sys.executable, "-c", code, *map(str, arguments)], **more)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def boss(tmp_path, said):
    with Supervisor(logs=tmp_path / "logs", signals=False, tell=said.append) as supervisor:
        yield supervisor


class TestStart:
    def test_waits_until_the_process_is_ready(self, boss, tmp_path):
        note = tmp_path / "note"

        boss.start(script("writer", WRITE_THEN_SLEEP, note, ready=note.exists))

        assert note.exists()

    def test_shows_the_end_of_the_log_of_a_process_that_dies(self, boss):
        spec = script("broken", "raise SystemExit('no such database')", ready=lambda: False)

        with pytest.raises(ProcessFailed, match=r"(?s)broken ended with 1.*no such database"):
            boss.start(spec)

    def test_gives_up_on_a_process_that_is_never_ready(self, boss):
        spec = script("lazy", SLEEP, ready=lambda: False, ready_within=0.1)

        with pytest.raises(ProcessFailed, match=r"lazy was not ready within 0\.1 s"):
            boss.start(spec)

    def test_ends_at_once_when_a_stop_is_requested(self, boss):
        def request() -> bool:
            boss.request_stop()
            return False

        with pytest.raises(StopRequested):
            boss.start(script("slow", SLEEP, ready=request))

    def test_refuses_another_thread_whose_end_would_end_the_process(self, boss):
        errors: list[Exception] = []

        def attempt() -> None:
            try:
                boss.start(script("sleeper", SLEEP))
            except EmbeddedError as error:
                errors.append(error)

        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()

        assert "main thread" in str(errors[0])

    def test_adds_to_the_environment(self, boss, tmp_path):
        note = tmp_path / "note"
        code = (
            "import os, sys; open(sys.argv[1], 'w').write(os.environ['WORD'] + os.environ['PATH'])"
        )

        boss.run(script("env", code, note, env={"WORD": "hello "}))

        assert note.read_text() == f"hello {os.environ['PATH']}"


class TestRun:
    def test_returns_when_the_process_has_ended_well(self, boss):
        boss.run(script("fine", "print('done')"))

        assert (boss.logs / "fine.log").read_text() == "done\n"
        assert boss.children == {}

    def test_shows_the_end_of_the_log_of_one_that_has_not(self, boss):
        with pytest.raises(ProcessFailed, match=r"(?s)migrate ended with 3.*half way"):
            boss.run(script("migrate", "import sys; print('half way'); sys.exit(3)"))


class TestTend:
    def test_starts_a_dead_process_again_and_says_so(self, boss, said):
        first = boss.start(script("server", SLEEP))
        first.process.kill()

        assert until(lambda: boss.tend() or boss.children["server"].pid != first.pid)
        assert boss.children["server"].alive
        assert said == ["server ended with -9; starting it again in 0.5 s"]

    def test_waits_longer_each_time_a_process_dies_young(self, boss, said):
        boss.start(script("flapping", "raise SystemExit(1)"))

        assert until(lambda: boss.tend() or len(said) == 3)
        assert [line.rpartition(" in ")[2] for line in said] == ["0.5 s", "1 s", "2 s"]


class TestStop:
    def test_stops_foundations_after_all_others(self, tmp_path):
        order = tmp_path / "order"
        with Supervisor(logs=tmp_path, signals=False) as boss:
            for name, foundation in (("database", True), ("web", False), ("worker", False)):
                ready = tmp_path / f"{name}.ready"
                spec = script(name, NOTE_THE_STOP, order, name, ready, foundation=foundation)
                boss.start(dataclasses.replace(spec, ready=ready.exists))

        stopped = order.read_text().split()
        assert sorted(stopped[:2]) == ["web", "worker"]
        assert stopped[2:] == ["database"]

    def test_kills_what_does_not_stop_in_time(self, tmp_path, said):
        ready = tmp_path / "ready"
        with Supervisor(logs=tmp_path, signals=False, tell=said.append) as boss:
            child = boss.start(script("deaf", DEAF, ready, ready=ready.exists, grace=0.2))

        assert not alive(child.pid)
        assert said == ["deaf did not stop in time and was killed"]

    def test_waits_for_nobody_when_asked_twice(self, tmp_path, said):
        ready = tmp_path / "ready"
        begun = time.monotonic()
        with Supervisor(logs=tmp_path, signals=False, tell=said.append) as boss:
            boss.start(script("deaf", DEAF, ready, ready=ready.exists, grace=3600))
            boss.request_stop()
            boss.request_stop()

        assert time.monotonic() - begun < 30

    def test_gives_the_callers_signal_handlers_back(self, tmp_path):
        before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

        with Supervisor(logs=tmp_path):
            during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

        assert during != before
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before

    def test_removes_the_temporary_folders(self, tmp_path):
        folder = tmp_path / "sockets"
        folder.mkdir()

        with Supervisor(logs=tmp_path / "logs", signals=False) as boss:
            boss.remove_at_end(folder)
            assert folder.exists()

        assert not folder.exists()


class TestWait:
    def test_ends_with_a_signal_and_without_an_error(self, tmp_path):
        with Supervisor(logs=tmp_path) as boss:
            child = boss.start(script("sleeper", SLEEP))
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
            boss.wait()

        assert not alive(child.pid)


class TestLogs:
    def test_a_long_log_is_put_aside_when_the_process_starts(self, boss):
        log = boss.logs / "fine.log"
        log.write_bytes(b"x" * (5 * 1024 * 1024 + 1))

        boss.run(script("fine", "print('new')"))

        assert log.read_text() == "new\n"
        assert (boss.logs / "fine.log.1").stat().st_size > 5 * 1024 * 1024


WRITE_WORD_AND_PATH = """
import os, sys
open(sys.argv[1], "w").write(os.environ["WORD"] + os.environ["PATH"])
"""
WRITE_THEN_SLEEP = "import sys, time; open(sys.argv[1], 'w').close(); time.sleep(3600)"
DEAF = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "w").close()
time.sleep(3600)
"""
NOTE_THE_STOP = """
import signal, sys, time
def stop(*_):
    with open(sys.argv[1], "a") as order:
        order.write(sys.argv[2] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
open(sys.argv[3], "w").close()
time.sleep(3600)
"""
