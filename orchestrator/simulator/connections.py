"""Hang up on a client: it gets no answer, as when a network or a data centre fails."""

import contextlib
import os
import socket
import stat

# Where a process sees its own open files, on Linux and on macOS.
OWN_FILES = ("/proc/self/fd", "/dev/fd")


def hang_up(client: tuple[str, int]) -> bool:
    """Shut the connection with a client down at once; say whether there was one."""
    folder = next((one for one in OWN_FILES if os.path.isdir(one)), None)
    if folder is None:
        return False
    numbers = (int(name) for name in os.listdir(folder) if name.isdigit())
    return any(_shut(number, client) for number in numbers)


def _shut(number: int, client: tuple[str, int]) -> bool:
    with contextlib.suppress(OSError):
        # A copy of what is no socket would stay open: nobody would be there to close it.
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return False
        # A copy of the descriptor: closing it leaves the server's own alone.
        with socket.socket(fileno=os.dup(number)) as connection:
            if connection.getpeername()[:2] == client:
                connection.shutdown(socket.SHUT_RDWR)
                return True
    return False
