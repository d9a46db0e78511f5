"""One run at a time on a data folder, for as long as any process of that run lives."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from orchestrator.embedded.errors import DataInUse

# A killed run needs some seconds to let go.
PATIENCE = 15.0
POLL = 0.1


@contextlib.contextmanager
def held(path: Path) -> Iterator[int]:
    """
    Hold the lock file and give its descriptor, to be passed on to the server.

    The lock belongs to the open file, so the server keeps it even if the runner is killed: whoever
    gets it knows that no server of an earlier run touches the data any more.

    :raises DataInUse: if another run keeps it longer than it may
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + PATIENCE
        while not _taken(descriptor):
            if time.monotonic() > deadline:
                raise DataInUse(
                    f"Another run uses {path.parent}. Stop it first, or choose another folder."
                )
            time.sleep(POLL)
        yield descriptor
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
