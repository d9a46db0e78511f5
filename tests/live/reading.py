"""A browser's side of an event stream, read by a thread of its own."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Any, Self
from urllib.parse import urlsplit

PATIENCE = 60.0


class Stream:
    """One open stream and everything it said."""

    def __init__(self, address: str, cookie: str, *, proposal: str = ""):
        self.cookie = cookie
        self.line = HTTPConnection(urlsplit(address).netloc)
        self.path = f"/live/?proposal={proposal}" if proposal else "/live/"
        self.told: list[dict[str, Any]] = []
        self.status = 0
        self.ended = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave, as a browser does that is closed."""
        with contextlib.suppress(OSError, AttributeError):
            self.line.sock.shutdown(socket.SHUT_RDWR)

    @property
    def kinds(self) -> list[str]:
        return [each["kind"] for each in self.told]

    def about(self, proposal: str) -> list[str]:
        """Return what was told about one proposal."""
        return [each["kind"] for each in self.told if each.get("proposal") == proposal]

    def _read(self) -> None:
        headers = {"Accept": "text/event-stream", "Cookie": self.cookie}
        # Whatever ends the line, it is over.
        with contextlib.suppress(OSError, HTTPException, ValueError):
            self.line.request("GET", self.path, headers=headers)
            answer = self.line.getresponse()
            self.status = answer.status
            while line := answer.readline():
                if line.startswith(b"data: "):
                    self.told.append(json.loads(line[6:]))
        self.ended = True


def until(met: Callable[[], object], what: str, *, seconds: float = PATIENCE) -> None:
    """Look again until it is so, or fail."""
    ends = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < ends, what
        time.sleep(0.02)
