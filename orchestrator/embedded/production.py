"""
Run the production processes on one machine: web, a worker a queue, beat.

    python -m orchestrator.embedded.production

DATABASE_URL, REDIS_URL and the other settings come from the environment; docs/operations.md lists
them. HOST, PORT, WEB_PROCESSES, WORKERS_<QUEUE> and COUNTERSIGN_DATA shape what is started.
"""

import os
import sys
from pathlib import Path

from orchestrator.embedded import stack
from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.ports import LOOPBACK
from orchestrator.embedded.supervisor import Supervisor, say


def main() -> int:
    """Check, collect, start, and watch until a signal comes; return the exit code."""
    data = Path(os.environ.get("COUNTERSIGN_DATA", ".countersign")).resolve()
    host, port = os.environ.get("HOST", LOOPBACK), int(os.environ.get("PORT", "8000"))
    processes = int(os.environ.get("WEB_PROCESSES", "2"))
    env = {"COUNTERSIGN_MODE": "production"}
    try:
        with Supervisor(logs=data / "logs") as supervisor:
            supervisor.run(stack.manage("check", "--deploy", env=env))
            supervisor.run(stack.manage("migrate", "--check", env=env))
            supervisor.run(stack.manage("collectstatic", "--noinput", env=env))
            for spec in stack.workers(env):
                supervisor.start(spec)
            supervisor.start(stack.beat(data, env=env))
            supervisor.start(stack.web(host=host, port=port, processes=processes, env=env))
            say(f"Countersign answers on http://{host}:{port}, logs are in {supervisor.logs}.")
            supervisor.wait()
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
