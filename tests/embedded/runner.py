"""
A small program on the supervisor, for tests to stop, kill and start again.

    python -m tests.embedded.runner DATA

Reports the process ids and addresses of what it started as one line of JSON, then watches.
"""

import json
import os
import sys
from pathlib import Path

from orchestrator.embedded.postgres import running_postgres
from orchestrator.embedded.processes import ProcessSpec
from orchestrator.embedded.supervisor import Supervisor, say
from orchestrator.embedded.valkey import running_valkey

# A server with a worker of its own that no polite signal moves, as web servers have.
STUBBORN = """
import os, signal, sys, time
pid = os.fork()
if pid == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    open(sys.argv[1], "w").write(str(pid))
time.sleep(3600)
"""


def main(data: Path) -> None:
    """Start the servers and a process with a stubborn worker; report; watch."""
    note = data / "worker.pid"
    with (
        Supervisor(logs=data / "logs", tell=sys.stderr.write) as boss,
        running_postgres(data, supervisor=boss) as postgres,
        running_valkey(data, supervisor=boss) as valkey,
    ):
        note.unlink(missing_ok=True)
        argv = [sys.executable, "-c", STUBBORN, str(note)]
        server = boss.start(
            ProcessSpec("server", argv, ready=lambda: note.exists() and bool(note.read_text()))
        )
        pids = {
            "runner": os.getpid(),
            "postgres": postgres.process_id,
            "valkey": valkey.process_id,
            "server": server.pid,
            "worker": int(note.read_text()),
        }
        addresses = {"postgres": postgres.url, "valkey": valkey.url}
        say(json.dumps({"pids": pids, "addresses": addresses}))
        boss.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
