"""Open pages as the server sees them: event streams, read by one process without any parser."""

import re
import selectors
import socket
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

DECIDED = re.compile(rb'"decided", "proposal": "(prp_\w+)"')
READ = 65536
LOOK_EVERY = 0.2


def listen(address: str, cookies: Sequence[str], ready: Any, over: Any, told: Any) -> None:
    """Open a stream a cookie, say when all are open, and note which decision came when."""
    heard: list[tuple[str, float]] = []
    with selectors.DefaultSelector() as lines:
        for cookie in cookies:
            lines.register(_opened(address, cookie), selectors.EVENT_READ, bytearray())
        waiting = set(lines.get_map())
        while not over.is_set():
            for key, _ in lines.select(LOOK_EVERY):
                kept: bytearray = key.data
                kept += key.fileobj.recv(READ)  # type: ignore[union-attr]  # sockets alone
                if b"data: " in kept:
                    waiting.discard(key.fd)
                # A word may end in the middle of a read: keep what begins the next one.
                end = kept.rfind(b"\n\n")
                if end >= 0:
                    moment = time.perf_counter()
                    heard += [(found.decode(), moment) for found in DECIDED.findall(kept[:end])]
                    del kept[:end]
            if not waiting:
                ready.set()
    told.put(heard)


def _opened(address: str, cookie: str) -> socket.socket:
    parts = urlsplit(address)
    line = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60)
    line.sendall(
        f"GET /live/ HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: text/event-stream\r\n"
        f"Cookie: {cookie}\r\n\r\n".encode()
    )
    return line
