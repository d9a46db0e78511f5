"""The processes of a bench: databases with their usual durability, then Countersign on them."""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from orchestrator.embedded import stack
from orchestrator.embedded.errors import ProcessFailed
from orchestrator.embedded.ports import LOOPBACK, free_port
from orchestrator.embedded.postgres import running_postgres
from orchestrator.embedded.processes import ProcessSpec
from orchestrator.embedded.supervisor import Supervisor
from orchestrator.embedded.valkey import running_valkey

# Agents of a bench are as fast as they can be; one day's allowance of a CRM would not last.
NO_CEILING, API_LIMIT = "100000000", "1000000000"
LOOK_EVERY = 0.2
DATABASES = ("DATABASE_URL", "REDIS_URL")
# Tells the inner process where to keep logs, and that it is the inner one.
FOLDER = "COUNTERSIGN_BENCH_FOLDER"


@dataclass(frozen=True, slots=True)
class Serving:
    """Where Countersign and its CRM answer in this bench, and what its processes are given."""

    address: str
    crm: str
    client_id: str
    client_secret: str
    folder: Path
    env: dict[str, str]


def measure(arguments: Sequence[str]) -> int:
    """
    Start the databases and measure in a process that knows their addresses; return how it ended.

    :raises EmbeddedError: if a database cannot be started
    """
    folder = Path(tempfile.mkdtemp(prefix="countersign-bench-"))
    # The database server may run as another user; what is secret in here is 0600.
    folder.chmod(0o755)
    ended = 1
    try:
        with Supervisor(logs=folder / "logs") as supervisor, _databases(folder, supervisor) as env:
            ended = _inner(supervisor, arguments, {**env, FOLDER: str(folder)})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return ended


def _inner(supervisor: Supervisor, arguments: Sequence[str], env: dict[str, str]) -> int:
    argv = [sys.executable, str(stack.ROOT / "manage.py"), "bench", *arguments]
    inner = subprocess.Popen(argv, env={**os.environ, **env}, cwd=stack.ROOT)  # noqa: S603 - ours
    while inner.poll() is None and not supervisor.stopping:
        time.sleep(LOOK_EVERY)
    if supervisor.stopping:
        inner.terminate()
    return inner.wait()


@contextlib.contextmanager
def _databases(folder: Path, supervisor: Supervisor) -> Iterator[dict[str, str]]:
    """Give addresses: of servers of our own, or of an empty database on the server in use."""
    with contextlib.ExitStack() as opened:
        given = os.environ.get("DATABASE_URL")
        redis = os.environ.get("REDIS_URL")
        if given:
            database = opened.enter_context(empty_database(given))
        else:
            server = opened.enter_context(running_postgres(folder, supervisor=supervisor))
            database = server.url
        if not redis:
            redis = opened.enter_context(running_valkey(folder, supervisor=supervisor)).url
        yield {
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "COUNTERSIGN_MODE": "demo",
            "AGENT_REQUESTS_PER_MINUTE": NO_CEILING,
            # What is measured is our work, not the time that people have to change their mind.
            "UNDO_SECONDS": "0",
            "LOG_LEVEL": "WARNING",
            # Few people hold many pages open here.
            "LIVE_CONNECTIONS_EACH": "100",
            "WEBHOOK_ALLOW_HTTP_HOSTS": LOOPBACK,
        }


@contextlib.contextmanager
def empty_database(server: str) -> Iterator[str]:
    """Make a database on the server of this address; drop it at the end."""
    parts = urlsplit(server)
    name = f"countersign_bench_{secrets.token_hex(4)}"
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as line:
        line.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            line.execute(drop)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Serving]:
    """Run simulator, web, beat and the workers of everything but commits, migrated and empty."""
    port, crm_port = free_port(), free_port()
    address = f"http://{LOOPBACK}:{port}"
    here = Serving(
        address=address,
        crm=f"http://{LOOPBACK}:{crm_port}",
        client_id="countersign-bench",
        client_secret=secrets.token_urlsafe(24),
        folder=folder,
        env={"PUBLIC_URL": address, **{name: os.environ[name] for name in DATABASES}},
    )
    with Supervisor(logs=folder / "logs", signals=False) as supervisor:
        supervisor.run(stack.manage("migrate", "--verbosity", "0", "--skip-checks", env=here.env))
        supervisor.start(_simulator(here, crm_port))
        supervisor.start(stack.web(host=LOOPBACK, port=port, processes=1, env=here.env))
        for queue in ("prepare", "timers"):
            supervisor.start(stack.worker(queue, side_by_side=1, env=here.env))
        supervisor.start(stack.beat(folder, env=here.env))
        yield here
        _all_alive(supervisor)


@contextlib.contextmanager
def committing(here: Serving, *, side_by_side: int) -> Iterator[None]:
    """Run so many commit workers."""
    with Supervisor(logs=here.folder / "logs", signals=False) as supervisor:
        supervisor.start(stack.worker("commit", side_by_side=side_by_side, env=here.env))
        yield
        _all_alive(supervisor)


def _simulator(here: Serving, port: int) -> ProcessSpec:
    argv = [
        *(sys.executable, "-m", "orchestrator.simulator", "--host", LOOPBACK),
        *("--port", str(port), "--api-limit", API_LIMIT),
    ]
    secret = {"SIMULATOR_CLIENT_ID": here.client_id, "SIMULATOR_CLIENT_SECRET": here.client_secret}
    return ProcessSpec(
        "simulator",
        argv,
        env=secret,
        cwd=stack.ROOT,
        ready=lambda: stack.responds(f"{here.crm}/services/data/"),
    )


def _all_alive(supervisor: Supervisor) -> None:
    dead = [child for child in supervisor.children.values() if not child.alive]
    if dead:
        raise ProcessFailed(f"{dead[0].spec.name} ended during the bench:\n{dead[0].tail()}")
