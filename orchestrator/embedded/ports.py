"""Free TCP ports on the loopback address, and whether somebody answers there."""

import socket

LOOPBACK = "127.0.0.1"


def free_port(preferred: int = 0, host: str = LOOPBACK) -> int:
    """Return the preferred port if nobody holds it, else one that the system picks."""
    for port in (preferred, 0):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind((host, port))
            except OSError:
                continue
            return int(candidate.getsockname()[1])
    raise OSError(f"no free port on {host}")


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Say whether a server accepts connections on the port."""
    try:
        socket.create_connection((host, port), timeout=0.5).close()
    except OSError:
        return False
    return True
