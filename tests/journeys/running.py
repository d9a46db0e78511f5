"""Countersign with all its processes, for as long as a block lasts."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from orchestrator.embedded import stack
from orchestrator.embedded.ports import LOOPBACK, free_port
from orchestrator.embedded.supervisor import Supervisor
from tests.embedded_services import SESSION_REDIS
from tests.migrated import template
from tests.simulated_org import SimulatedOrg, running_simulator

# The last of the sixteen databases that a Redis has by itself; the tests' workers count up from 0.
LAST_REDIS = 15
RELEASE = """
    UPDATE commits_halt SET state = 'released', released_at = now(), released_by = 'clean-up',
        release_asked_by = 'the test' WHERE state <> 'released'
"""


@dataclass(frozen=True)
class Countersign:
    """A running Countersign: where it answers, its agents' keys, its CRM, its database."""

    address: str
    keys: dict[str, str]
    crm: SimulatedOrg
    database_url: str
    # Browser profiles of people who have signed in, by user name.
    profiles: dict[str, object] = field(default_factory=dict)

    def release_everything(self) -> None:
        """Turn the kill switch back on whatever a failed journey left behind."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(RELEASE)


@contextlib.contextmanager
def running_countersign() -> Iterator[Countersign]:
    """Start everything on free ports with a database of its own; nothing is left behind."""
    folder = Path(tempfile.mkdtemp(prefix="countersign-journeys-"))
    try:
        with contextlib.ExitStack() as opened:
            database = opened.enter_context(_database())
            crm = opened.enter_context(running_simulator())
            # The test runner keeps its own handling of Ctrl-C; leaving the block stops them all.
            supervisor = opened.enter_context(Supervisor(logs=folder / "logs", signals=False))
            port = free_port()
            address = f"http://{LOOPBACK}:{port}"
            env = _environment(database, address)
            # Starting takes as long as migrating: let both happen at the same time.
            servers = [stack.web(host=LOOPBACK, port=port, processes=1, env=env)]
            servers += [
                stack.worker(*queues, side_by_side=len(queues), env=env) for queues in stack.SMALL
            ]
            begun = [supervisor.begin(server) for server in servers]
            keys = _fill(crm, env)
            supervisor.start(stack.beat(folder, env=env))
            for child in begun:
                supervisor.wait_until_ready(child)
            yield Countersign(address, keys, crm, database)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(database: str, address: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "orchestrator.settings",
        "COUNTERSIGN_MODE": "demo",
        "DATABASE_URL": database,
        "REDIS_URL": _redis(),
        "PUBLIC_URL": address,
        "AGENT_REQUESTS_PER_MINUTE": "6000",
        # One workflow has such a time of its own, for the journey that is about it.
        "UNDO_SECONDS": "0",
        # People sign in once for all journeys, however long these take.
        "STEP_UP_MINUTES": "240",
    }


def _redis() -> str:
    """Return a Redis database that neither the tests of this worker nor another one use."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    parts = urlsplit(os.environ.get(SESSION_REDIS) or os.environ["REDIS_URL"])
    return urlunsplit(parts._replace(path=f"/{LAST_REDIS - int(worker)}"))


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """Make a database on the session's server and give its address; drop it at the end."""
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"countersign_journeys_{os.getpid()}_{time.time_ns() % 1_000_000}"
    maintenance = urlunsplit(server._replace(path="/postgres"))
    with psycopg.connect(maintenance, autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template())))
        try:
            yield urlunsplit(server._replace(path=f"/{name}"))
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)


def _fill(crm: SimulatedOrg, env: dict[str, str]) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.fill", crm.url, crm.client_id],
        input=crm.client_secret,
        capture_output=True,
        text=True,
        cwd=stack.ROOT,
        env={**os.environ, **env},
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"The set-up failed:\n{done.stderr}"
    return dict(json.loads(done.stdout))
