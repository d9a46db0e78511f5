"""The embedded PostgreSQL: what it finds on disk, what it refuses."""

import os
import stat
from pathlib import Path

import psycopg
import pytest

from orchestrator.embedded import binaries, locks
from orchestrator.embedded.errors import DataInUse
from orchestrator.embedded.postgres import THROWAWAY, running_postgres
from tests.embedded.observing import alive


def ask(server, question: str):
    with psycopg.connect(server.url) as database:
        return database.execute(question).fetchone()


class TestRunningPostgres:
    def test_serves_only_its_socket_and_ends_with_the_block(self, tmp_path):
        with running_postgres(tmp_path, settings=THROWAWAY) as server:
            sockets = server.socket_folder
            assert ask(server, "SHOW listen_addresses") == ("",)
            assert stat.S_IMODE(sockets.stat().st_mode) == 0o700

        assert not alive(server.process_id)
        assert not sockets.exists()

    def test_keeps_text_in_unicode_whatever_the_callers_locale(self, tmp_path, monkeypatch):
        monkeypatch.setenv("LC_ALL", "C")

        with running_postgres(tmp_path, settings=THROWAWAY) as server:
            assert ask(server, "SELECT lower('ÄÉŁ'), 'STRASSE Ä' ILIKE '%ä'") == ("äéł", True)

    def test_ignores_the_process_number_that_a_crash_left(self, tmp_path):
        with running_postgres(tmp_path, settings=THROWAWAY):
            left = (tmp_path / "postgres/postmaster.pid").read_text()
        somebody = left.replace(left.splitlines()[0], str(os.getpid()), 1)
        (tmp_path / "postgres/postmaster.pid").write_text(somebody)

        with running_postgres(tmp_path, settings=THROWAWAY) as server:
            assert ask(server, "SELECT 1") == (1,)

    def test_begins_anew_where_a_first_start_was_broken_off(self, tmp_path):
        (tmp_path / "postgres.new").mkdir()
        (tmp_path / "postgres.new" / "PG_VERSION").write_text("16\n")

        with running_postgres(tmp_path, settings=THROWAWAY) as server:
            assert ask(server, "SELECT current_database()") == ("countersign",)

    def test_runs_the_newest_version_of_the_wheel_too(self, tmp_path, monkeypatch):
        monkeypatch.setenv("COUNTERSIGN_PG_BIN", str(binaries.find_postgres(18)))

        with running_postgres(tmp_path, settings=THROWAWAY) as server:
            assert ask(server, "SELECT current_setting('server_version_num')::int / 10000") == (18,)

    def test_refuses_data_that_another_run_uses(self, tmp_path, monkeypatch):
        monkeypatch.setattr(locks, "PATIENCE", 0.2)

        with (
            running_postgres(tmp_path, settings=THROWAWAY),
            pytest.raises(DataInUse, match="Another run uses"),
            running_postgres(tmp_path, settings=THROWAWAY),
        ):
            pytest.fail("two servers on one folder")

    @pytest.mark.parametrize("name", ["plain", "with space", "ümlaut"])
    def test_works_in_a_folder_of_any_name(self, tmp_path, name):
        with running_postgres(tmp_path / name, settings=THROWAWAY) as server:
            assert Path(tmp_path / name / "postgres").is_dir()
            assert ask(server, "SELECT 1") == (1,)
