"""Named points at which a test may kill the process: the only way to prove a crash is survived."""

import os
import signal

VARIABLE = "COUNTERSIGN_FAULT_POINT"
_armed = os.environ.get(VARIABLE, "")


def reach(name: str) -> None:
    """Kill this process with SIGKILL if the named point is armed; otherwise do nothing."""
    if _armed and _armed == name:
        os.kill(os.getpid(), signal.SIGKILL)


def arm(name: str) -> None:
    """Arm one point for this process; an empty name disarms."""
    global _armed  # noqa: PLW0603 - a process has one fault point, by design
    _armed = name


def armed() -> str:
    """Return the name of the armed point, or nothing."""
    return _armed
