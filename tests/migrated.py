"""
A migrated database for the session to copy: migrating takes twenty times as long as copying.

Whoever needs it first makes it; the others wait for that. A run in one process, which would copy
it once, migrates as ever.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).parent.parent
# PostgreSQL's own, of which every new database is a copy.
EMPTY = "template1"
NAME = "COUNTERSIGN_TEST_TEMPLATE"


def template() -> str:
    """Return the name of the database to copy: a migrated one if several processes share it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return EMPTY
    name = os.environ[NAME]
    with _maintenance() as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            _make(server, name)
    return name


def name_for_session() -> None:
    """Name it in the environment; the first process of a session does."""
    os.environ.setdefault(NAME, _own_name())


def drop() -> None:
    """Drop what the session made; a worker or a fork, which inherited the name, drops nothing."""
    if os.environ.get(NAME) != _own_name():
        return
    # A server that is gone has taken it along.
    with contextlib.suppress(psycopg.OperationalError), _maintenance() as server:
        for name in (_own_name(), _unfinished(_own_name())):
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _make(server: psycopg.Connection, name: str) -> None:
    # Under this name only once it is whole.
    unfinished = sql.Identifier(_unfinished(name))
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(unfinished))
    server.execute(sql.SQL("CREATE DATABASE {}").format(unfinished))
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": _address(_unfinished(name)),
            "DJANGO_SETTINGS_MODULE": "orchestrator.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"Migrating failed:\n{done.stderr}"
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    server.execute(rename.format(unfinished, sql.Identifier(name)))


def _own_name() -> str:
    return f"countersign_migrated_{os.getpid()}"


def _unfinished(name: str) -> str:
    return f"{name}_unfinished"


def _maintenance() -> psycopg.Connection:
    return psycopg.connect(_address("postgres"), autocommit=True)


def _address(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))
