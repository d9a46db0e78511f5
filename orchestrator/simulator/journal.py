"""The SQLite file: what an answered write leaves behind, whatever happens to the process."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    id TEXT PRIMARY KEY, object TEXT NOT NULL, data TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS effect (sequence INTEGER PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replay (key TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
"""


class Journal:
    """Rows by id, the effect log, and settings, each write of them one transaction."""

    def __init__(self, path: str) -> None:
        """Open or make the file; `:memory:` keeps nothing."""
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing that was handed to the kernel; a power cut may.
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(SCHEMA)

    def records(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield object name, id and values of every row, oldest id first."""
        for name, record_id, data in self._db.execute("SELECT object, id, data FROM record"):
            yield name, record_id, json.loads(data)

    def settings(self) -> dict[str, Any]:
        """Return all settings."""
        rows = self._db.execute("SELECT name, data FROM setting")
        return {name: json.loads(data) for name, data in rows}

    def replays(self) -> dict[str, Any]:
        """Return the answers to be given again, by idempotency key."""
        rows = self._db.execute("SELECT key, data FROM replay")
        return {key: json.loads(data) for key, data in rows}

    def effects(self, *, after: int, limit: int) -> list[dict[str, Any]]:
        """Return the effects with a higher sequence, oldest first."""
        rows = self._db.execute(
            "SELECT sequence, data FROM effect WHERE sequence > ? ORDER BY sequence LIMIT ?",
            (after, limit),
        )
        return [{"sequence": sequence, **json.loads(data)} for sequence, data in rows]

    def last_sequence(self) -> int:
        """Return the sequence of the newest effect, 0 if there is none."""
        return int(self._db.execute("SELECT coalesce(max(sequence), 0) FROM effect").fetchone()[0])

    def save(
        self,
        *,
        records: Iterable[tuple[str, str, dict[str, Any]]],
        effects: Iterable[tuple[int, dict[str, Any]]] = (),
        settings: dict[str, Any] | None = None,
        replays: dict[str, Any] | None = None,
    ) -> None:
        """Write rows, effects, settings and answers to be given again, all together."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(
                "INSERT OR REPLACE INTO record (object, id, data) VALUES (?, ?, ?)",
                [(name, record_id, _text(row)) for name, record_id, row in records],
            )
            self._db.executemany(
                "INSERT INTO effect (sequence, data) VALUES (?, ?)",
                [(sequence, _text(effect)) for sequence, effect in effects],
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO setting (name, data) VALUES (?, ?)",
                [(name, json.dumps(value)) for name, value in (settings or {}).items()],
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO replay (key, data) VALUES (?, ?)",
                [(key, _text(value)) for key, value in (replays or {}).items()],
            )
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def forget(self, record_ids: Iterable[str]) -> None:
        """Remove rows for good."""
        self._db.executemany("DELETE FROM record WHERE id = ?", [(one,) for one in record_ids])

    def clear(self) -> None:
        """Remove all rows, effects and kept answers; settings stay."""
        self._db.executescript(
            "BEGIN; DELETE FROM record; DELETE FROM effect; DELETE FROM replay; COMMIT;"
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _text(values: dict[str, Any]) -> str:
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False)
