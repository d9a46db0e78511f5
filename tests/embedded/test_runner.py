"""A whole run: what stops it, what survives it (nothing), what the next one finds (everything)."""

import os
import shutil
import signal
import stat
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
import redis

from orchestrator.embedded import binaries
from orchestrator.embedded.folders import private_folder
from tests.embedded.conftest import ROOT
from tests.embedded.observing import alive, until

NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def leave_a_mark(run) -> None:
    with psycopg.connect(run.addresses["postgres"], autocommit=True) as database:
        database.execute("CREATE TABLE mark (word text)")
        database.execute("INSERT INTO mark VALUES ('kept')")
    assert redis.Redis.from_url(run.addresses["valkey"]).set("mark", "kept")


def assert_mark_is_there(run) -> None:
    with psycopg.connect(run.addresses["postgres"]) as database:
        assert database.execute("SELECT word FROM mark").fetchall() == [("kept",)]
    assert redis.Redis.from_url(run.addresses["valkey"]).get("mark") == b"kept"


class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_a_signal_stops_everything_in_order(self, start_runner, tmp_path, number):
        run = start_runner(tmp_path / "data")

        run.process.send_signal(number)

        assert run.is_gone(), run.survivors()
        assert run.process.returncode == 0

    def test_a_killed_runner_leaves_nothing_behind(self, start_runner, tmp_path):
        run = start_runner(tmp_path / "data")
        sockets = Path(unquote(urlsplit(run.addresses["postgres"]).hostname or ""))
        assert sockets.is_dir()

        run.process.kill()

        assert run.is_gone(), run.survivors()
        assert until(lambda: not sockets.exists())

    def test_closing_the_terminals_group_reaches_only_the_runner(self, start_runner, tmp_path):
        run = start_runner(tmp_path / "data")

        assert {os.getsid(pid) for name, pid in run.pids.items() if name != "worker"} == {
            os.getsid(run.pids["runner"]),
            run.pids["postgres"],
            run.pids["valkey"],
            run.pids["server"],
        }


class TestStartingAgain:
    def test_finds_the_data_after_a_clean_stop(self, start_runner, tmp_path):
        first = start_runner(tmp_path / "data")
        leave_a_mark(first)
        first.process.terminate()
        assert first.is_gone()

        assert_mark_is_there(start_runner(tmp_path / "data"))

    def test_finds_the_data_after_everything_was_killed(self, start_runner, tmp_path):
        first = start_runner(tmp_path / "data")
        leave_a_mark(first)
        for name in ("runner", "postgres", "valkey"):
            os.kill(first.pids[name], signal.SIGKILL)
        assert first.is_gone()

        assert_mark_is_there(start_runner(tmp_path / "data"))

    def test_does_not_wait_for_the_killed_run_to_be_cleared_away_by_hand(
        self, start_runner, tmp_path
    ):
        first = start_runner(tmp_path / "data")
        leave_a_mark(first)
        first.process.kill()

        assert_mark_is_there(start_runner(tmp_path / "data"))


class TestRestarting:
    @pytest.mark.parametrize("name", ["postgres", "valkey"])
    def test_a_killed_server_comes_back_with_its_data(self, start_runner, tmp_path, name):
        run = start_runner(tmp_path / "data")
        leave_a_mark(run)

        os.kill(run.pids[name], signal.SIGKILL)

        assert until(lambda: not alive(run.pids[name]))
        assert until(lambda: answers(run))
        assert_mark_is_there(run)

    def test_what_a_killed_server_left_is_cleared_before_it_starts_again(
        self, start_runner, tmp_path
    ):
        run = start_runner(tmp_path / "data")
        note = tmp_path / "data" / "worker.pid"

        os.kill(run.pids["server"], signal.SIGKILL)

        assert until(lambda: note.read_text() not in ("", str(run.pids["worker"])))
        assert not alive(run.pids["worker"])
        assert alive(int(note.read_text()))


def answers(run) -> bool:
    try:
        psycopg.connect(run.addresses["postgres"]).close()
        redis.Redis.from_url(run.addresses["valkey"]).ping()
    except (psycopg.OperationalError, redis.ConnectionError):
        return False
    return True


@NEEDS_ROOT
class TestOtherUsers:
    def test_a_clone_in_a_closed_folder_runs_and_the_folders_above_stay_closed(
        self, start_runner, tmp_path
    ):
        closed = tmp_path / "home"
        closed.mkdir(mode=0o700)
        before = {folder: folder.stat().st_mode for folder in closed.parents}

        run = start_runner(closed / "data")

        leave_a_mark(run)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert {folder: folder.stat().st_mode for folder in closed.parents} == before
        assert os.stat(f"/proc/{run.pids['postgres']}").st_uid != 0

    def test_programs_in_a_closed_folder_are_copied_to_where_they_can_run(
        self, start_runner, tmp_path, monkeypatch
    ):
        wheel_copy = tmp_path / "closed"
        programs = binaries.find_postgres()
        shutil.move(binaries.readable_copy(programs), wheel_copy)
        wheel_copy.chmod(0o700)
        monkeypatch.setenv(
            "COUNTERSIGN_PG_BIN", str(binaries.copied_programs(wheel_copy, programs))
        )

        run = start_runner(tmp_path / "data")

        leave_a_mark(run)
        runs_from = Path(os.readlink(f"/proc/{run.pids['postgres']}/exe"))
        assert tmp_path not in runs_from.parents
        run.process.terminate()
        assert run.is_gone()
        assert not runs_from.exists()

    def test_somebody_who_is_not_root_can_run_it_all(self, start_runner, monkeypatch):
        python = shutil.which("python3", path="/usr/bin")
        if python is None or subprocess.run([python, "-c", NEW_ENOUGH], check=False).returncode:
            pytest.skip("no Python 3.11 in /usr/bin for a user other than root")
        clone = private_folder("countersign-clone-")
        programs = binaries.find_postgres()
        copy = binaries.readable_copy(programs)
        try:
            for part in ("orchestrator/embedded", "tests/embedded"):
                shutil.copytree(ROOT / part, clone / part)
            for package in ("orchestrator", "tests"):
                (clone / package / "__init__.py").touch()
            valkey = Path(shutil.copy(binaries.find_valkey(), clone))
            subprocess.run(["chown", "-R", "nobody", clone], check=True)
            monkeypatch.setenv("COUNTERSIGN_PG_BIN", str(binaries.copied_programs(copy, programs)))
            monkeypatch.setenv("COUNTERSIGN_REDIS_BIN", str(valkey))
            lesser = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", python)

            run = start_runner(clone / "data", command=lesser, cwd=clone)

            assert {os.stat(f"/proc/{pid}").st_uid for pid in run.pids.values()} == {
                os.stat(clone).st_uid
            }
            leave_a_mark(run)
            run.process.kill()
            assert run.is_gone(), run.survivors()
        finally:
            shutil.rmtree(clone, ignore_errors=True)
            shutil.rmtree(copy, ignore_errors=True)


NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 11))"
