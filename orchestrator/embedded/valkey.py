"""Valkey (or Redis) as a supervised child on a loopback port, behind a password of its own."""

import contextlib
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.embedded import binaries, locks
from orchestrator.embedded.ports import LOOPBACK, free_port
from orchestrator.embedded.processes import ProcessSpec
from orchestrator.embedded.supervisor import Supervisor

DATABASES = 64
CONFIGURATION = """\
bind {host}
port {port}
dir "{folder}"
databases {databases}
requirepass {password}
appendonly yes
appendfsync everysec
save ""
daemonize no
"""


@dataclass(frozen=True)
class ValkeyServer:
    """A running server and the way in."""

    port: int
    password: str
    process_id: int

    @property
    def url(self) -> str:
        """Return REDIS_URL for database 0."""
        return self.url_of(0)

    def url_of(self, number: int) -> str:
        """Return the address of a numbered database."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{number}"


@contextlib.contextmanager
def running_valkey(data: Path, *, supervisor: Supervisor | None = None) -> Iterator[ValkeyServer]:
    """
    Run Valkey on `data`/valkey until the block ends.

    With a supervisor the server lives and restarts under it, else under one of its own.

    :raises BinariesMissing: if no server program is found
    :raises DataInUse: if another run uses the folder
    """
    data = data.resolve()
    folder = data / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    program = binaries.find_valkey()
    port, password = free_port(), secrets.token_urlsafe(24)
    configuration = folder / "valkey.conf"
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(locks.held(data / "valkey.lock"))
        _write_private(configuration, folder, port, password)
        boss = supervisor or stack.enter_context(Supervisor(logs=data / "logs", signals=False))
        child = boss.start(
            ProcessSpec(
                "valkey",
                [program, configuration],
                pass_fds=(lock,),
                ready=lambda: _answers_ping(port, password),
                foundation=True,
            )
        )
        yield ValkeyServer(port, password, child.pid)


def _write_private(path: Path, folder: Path, port: int, password: str) -> None:
    """Write the configuration, password included, for the owner's eyes only."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(
        CONFIGURATION.format(
            host=LOOPBACK, port=port, folder=folder, databases=DATABASES, password=password
        )
    )


def _answers_ping(port: int, password: str) -> bool:
    """Say whether the server has loaded its data and takes commands."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0) as line:
            line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            reply = b""
            while reply.count(b"\r\n") < 2:
                piece = line.recv(256)
                if not piece:
                    return False
                reply += piece
    except OSError:
        return False
    return reply == b"+OK\r\n+PONG\r\n"
