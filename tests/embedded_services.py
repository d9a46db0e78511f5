"""
A PostgreSQL and a Valkey for one test session, unless the environment names some already.

The first process of the session (with xdist, the controller) starts what is missing and publishes
the addresses in its environment, which workers and child processes inherit. `tests.settings` calls
`provide` before the project's settings are read, because those read the environment once.
"""

import atexit
import contextlib
import os
import re
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from orchestrator.embedded.postgres import THROWAWAY, running_postgres
from orchestrator.embedded.supervisor import Supervisor
from orchestrator.embedded.valkey import running_valkey
from tests import migrated

SESSION_REDIS = "COUNTERSIGN_TEST_REDIS_URL"
_running = contextlib.ExitStack()
_owner = 0


def provide() -> None:
    """Make sure that both servers can be reached through the environment."""
    os.environ["COUNTERSIGN_MODE"] = "test"
    if not ("DATABASE_URL" in os.environ and "REDIS_URL" in os.environ):
        _start_missing()
    migrated.name_for_session()
    session_redis = os.environ.setdefault(SESSION_REDIS, os.environ["REDIS_URL"])
    os.environ["REDIS_URL"] = redis_of_worker(
        session_redis, os.environ.get("PYTEST_XDIST_WORKER", "")
    )


def redis_of_worker(session: str, worker: str) -> str:
    """Return the session's address with a database number of the worker's own."""
    number = re.fullmatch(r"gw(\d+)", worker)
    if number is None:
        return session
    parts = urlsplit(session)
    first = int(parts.path.strip("/") or 0)
    return urlunsplit(parts._replace(path=f"/{first + 1 + int(number[1])}"))


def stop() -> None:
    """Stop what this process started; a worker or a fork that inherited the addresses has none."""
    if os.getpid() == _owner:
        _running.close()


def _start_missing() -> None:
    global _owner  # noqa: PLW0603 - one session, one set of servers
    _owner = os.getpid()
    atexit.register(stop)
    data = Path(tempfile.mkdtemp(prefix="countersign-tests-"))
    supervisor = _running.enter_context(Supervisor(logs=data / "logs", signals=False))
    supervisor.remove_at_end(data)
    if "DATABASE_URL" not in os.environ:
        postgres = _running.enter_context(
            running_postgres(data, settings=THROWAWAY, supervisor=supervisor)
        )
        os.environ["DATABASE_URL"] = postgres.url
    if "REDIS_URL" not in os.environ:
        valkey = _running.enter_context(running_valkey(data, supervisor=supervisor))
        os.environ["REDIS_URL"] = valkey.url
