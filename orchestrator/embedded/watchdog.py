"""
The last line of defence: ends what a killed runner left behind.

Runs as a process of its own, fed through a pipe by the supervisor. When the pipe closes without a
farewell the runner is dead: every process group still alive is asked to stop, then killed, and the
temporary folders are removed. It is started by path, so it imports the standard library only.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable

PATIENCE = 5.0
POLL = 0.05


def group_lives(group: int) -> bool:
    """Say whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def send(deliver: Callable[[int, int], None], target: int, number: int) -> None:
    """Deliver a signal to something that may be gone already."""
    try:
        deliver(target, number)
    except (ProcessLookupError, PermissionError):
        return


def end_groups(groups: dict[int, int]) -> None:
    """Ask each group's leader to stop by its own signal, wait, then kill what is left."""
    for group, number in groups.items():
        send(os.kill, group, number)
    deadline = time.monotonic() + PATIENCE
    while any(map(group_lives, groups)) and time.monotonic() < deadline:
        time.sleep(POLL)
    for group in groups:
        send(os.killpg, group, signal.SIGKILL)


def follow(lines: Iterable[str]) -> tuple[dict[int, int], list[str], bool]:
    """Read the reports; return the live groups, the folders and whether the runner said goodbye."""
    groups: dict[int, int] = {}
    folders: list[str] = []
    for line in lines:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "started":
            group, number = rest.split(" ")
            groups[int(group)] = int(number)
        elif word == "ended":
            groups.pop(int(rest), None)
        elif word == "folder":
            folders.append(rest)
        elif word == "goodbye":
            return groups, folders, True
    return groups, folders, False


def main() -> None:
    """Watch until the runner says goodbye or dies."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups, folders, farewell = follow(sys.stdin)
    if not farewell:
        end_groups(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
