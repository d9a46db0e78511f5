"""Redis lists over a bare socket: the cheapest way for one process to wake another."""

import socket
from typing import Self
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 60


class Wakes:
    """A connection of one thread."""

    def __init__(self, url: str) -> None:
        """Connect, sign in and choose the database of the address."""
        parts = urlsplit(url)
        self._line = socket.create_connection(
            (parts.hostname or "", parts.port or 6379), timeout=TIMEOUT_SECONDS
        )
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._line.makefile("rb")
        if parts.password:
            self._do("AUTH", *filter(None, (parts.username, unquote(parts.password))))
        self._do("SELECT", parts.path.strip("/") or "0")

    def __enter__(self) -> Self:
        """Return the connection."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close it."""
        self._answers.close()
        self._line.close()

    def push(self, name: str, value: str) -> None:
        """Put a value at the end of a list."""
        self._do("RPUSH", name, value)

    def take(self, name: str, seconds: int = 2) -> str | None:
        """Take the first value of a list, waiting so long at most."""
        found = self._do("BLPOP", name, str(seconds))
        return found[1] if isinstance(found, list) else None

    def forget(self, name: str) -> None:
        """Remove a list."""
        self._do("DEL", name)

    def _do(self, *words: str) -> object:
        parts = [word.encode() for word in words]
        sent = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self._line.sendall(b"*%d\r\n%s" % (len(parts), sent))
        return self._answer()

    def _answer(self) -> object:
        line = self._answers.readline()
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"$":
            size = int(rest)
            return None if size < 0 else self._answers.read(size + 2)[:-2].decode()
        if kind == b"*":
            return None if int(rest) < 0 else [self._answer() for _ in range(int(rest))]
        if kind in (b"+", b":"):
            return rest
        raise ConnectionError(f"Redis answered {line!r}.")
