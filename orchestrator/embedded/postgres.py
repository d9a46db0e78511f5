"""PostgreSQL as a supervised child, on a Unix socket that nobody else can reach."""

import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from orchestrator.embedded import binaries, locks
from orchestrator.embedded.accounts import Account, account_for
from orchestrator.embedded.errors import DataUnusable
from orchestrator.embedded.folders import private_folder
from orchestrator.embedded.processes import ProcessSpec
from orchestrator.embedded.supervisor import Supervisor

SUPERUSER = "postgres"
STATUS_LINE = 7  # of postmaster.pid, counted from 0
INITDB_OPTIONS = ("--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8", "--no-sync")
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For data that is thrown away: a crash of the machine may lose it, and everything is faster.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class PostgresServer:
    """A running server: where its socket is and which database was made for the caller."""

    socket_folder: Path
    database: str
    process_id: int

    @property
    def url(self) -> str:
        """Return DATABASE_URL for the caller's database."""
        return self.url_of(self.database)

    def url_of(self, database: str) -> str:
        """Return the address of any database on this server."""
        return f"postgres://{SUPERUSER}@{quote(str(self.socket_folder), safe='')}/{database}"


@contextlib.contextmanager
def running_postgres(
    data: Path,
    *,
    database: str = "countersign",
    settings: Mapping[str, str] | None = None,
    supervisor: Supervisor | None = None,
) -> Iterator[PostgresServer]:
    """
    Run PostgreSQL on `data`/postgres until the block ends, creating it at the first start.

    With a supervisor the server lives and restarts under it, else under one of its own.

    :raises BinariesMissing: if no PostgreSQL that fits the data is found
    :raises DataInUse: if another run uses the folder
    """
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(locks.held(data / "postgres.lock"))
        boss = supervisor or stack.enter_context(Supervisor(logs=data / "logs", signals=False))
        cluster = _Cluster.prepared(data / "postgres", boss, database)
        sockets = private_folder("countersign-")
        boss.remove_at_end(sockets)
        if cluster.account:
            cluster.account.own(sockets)
        child = boss.start(cluster.process(sockets, lock, {**SETTINGS, **(settings or {})}))
        yield PostgresServer(sockets, database, child.pid)
        # Under a supervisor of the caller the server goes down with it, after all the others.


@dataclass(frozen=True)
class _Cluster:
    """A data folder with the programs and the account that fit it."""

    folder: Path
    programs: Path
    account: Account | None

    @classmethod
    def prepared(cls, folder: Path, boss: Supervisor, database: str) -> "_Cluster":
        """Find what fits the folder, make it if it is new, clear what a crash left."""
        version = folder / "PG_VERSION"
        major = int(version.read_text()) if version.exists() else None
        account = account_for(folder)
        programs = binaries.find_postgres(major)
        if account and not account.can_run(programs / "postgres"):
            copy = binaries.readable_copy(programs)
            boss.remove_at_end(copy)
            programs = binaries.copied_programs(copy, programs)
        cluster = cls(folder, programs, account)
        if major is None:
            cluster.create(database)
        # The lock says that no server of an earlier run lives, so the file is a leftover, and the
        # number in it may be another process by now.
        (folder / "postmaster.pid").unlink(missing_ok=True)
        return cluster

    @property
    def seen_from_inside(self) -> str:
        """
        Return the data folder as the server is told it.

        The server's account may be barred from the folders above the data. Root changes into the
        data folder before it hands over its rights, and the kernel's link leads straight there.
        """
        linked = self.account is not None and sys.platform == "linux"
        return "/proc/self/cwd" if linked else "."

    def create(self, database: str) -> None:
        """Make the data folder, complete or not at all."""
        fresh = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.account:
            self.account.own(fresh)
        self._run(fresh, "initdb", "-D", self.seen_from_inside, *INITDB_OPTIONS, *_locale())
        create = f'CREATE DATABASE "{database}";\n'
        self._run(fresh, "postgres", "--single", "-D", self.seen_from_inside, SUPERUSER, ask=create)
        fresh.rename(self.folder)

    def process(self, sockets: Path, lock: int, settings: Mapping[str, str]) -> ProcessSpec:
        """Describe the server process."""
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return ProcessSpec(
            "postgres",
            [self.programs / "postgres", "-D", self.seen_from_inside, "-k", sockets, *options],
            cwd=self.folder,
            account=self.account,
            pass_fds=(lock,),
            ready=lambda: _accepts(self.folder),
            stop_signal=signal.SIGINT,  # SIGTERM would wait for every client to leave
            grace=20.0,
            foundation=True,
        )

    def _run(self, folder: Path, program: str, *arguments: str, ask: str = "") -> None:
        done = subprocess.run(  # noqa: S603 - one of PostgreSQL's own programs
            [self.programs / program, *arguments],
            cwd=folder,
            input=ask,
            capture_output=True,
            text=True,
            check=False,
            **(self.account.popen_arguments if self.account else {}),
        )
        if done.returncode != 0:
            raise DataUnusable(
                f"{program} could not prepare {folder}: {(done.stderr or done.stdout).strip()}"
            )


def _locale() -> tuple[str, ...]:
    """Prefer code-point order with Unicode letters; Mac has no such locale for initdb."""
    return ("--locale", "C.UTF-8") if sys.platform == "linux" else ("--no-locale",)


def _accepts(folder: Path) -> bool:
    """Read from the server's own status line whether it takes connections."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"
