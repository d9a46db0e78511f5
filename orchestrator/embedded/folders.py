"""Temporary folders that another account can reach."""

import stat
import tempfile
from pathlib import Path

from orchestrator.embedded.errors import DataUnusable

# The kernel's limit on a socket's path, less the name that PostgreSQL gives its socket.
SOCKET_FOLDER_LIMIT = 103 - len("/.s.PGSQL.65535.lock")
STANDARD_PLACES = ("/tmp", "/var/tmp")  # noqa: S108 - mkdtemp makes an unguessable folder inside


def open_to_all(folder: Path) -> bool:
    """Say whether every user may walk down to the folder."""
    places = [folder, *folder.parents]
    return all(place.stat().st_mode & stat.S_IXOTH for place in places)


def private_folder(prefix: str) -> Path:
    """
    Make a temporary folder for the caller alone, in a place that other accounts can walk to.

    :raises DataUnusable: if there is no such place
    """
    for place in (tempfile.gettempdir(), *STANDARD_PLACES):
        base = Path(place)
        short = len(str(base / f"{prefix}12345678")) <= SOCKET_FOLDER_LIMIT
        if base.is_dir() and short and open_to_all(base):
            return Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    raise DataUnusable("No temporary folder can be used. Set TMPDIR to one that all users can use.")
