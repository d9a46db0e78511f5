"""Look at processes from outside, with patience instead of sleep."""

import time
from collections.abc import Callable
from pathlib import Path

POLL = 0.02


def alive(pid: int) -> bool:
    """Say whether the process runs; one that waits to be collected does not."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] not in ("Z", "X")


def until(holds: Callable[[], bool], *, within: float = 60.0) -> bool:
    """Ask until the answer is yes or the time is over; return the last answer."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True
