"""A receiver of webhooks on this machine: it answers as it is told and keeps what it was sent."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE = 60


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """What it will answer, in order (then 204), and what it got."""

    address: str = ""
    received: list[Received] = field(default_factory=list)
    answers: deque[Any] = field(default_factory=deque)
    # Set to let go whoever is kept waiting.
    let_go: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    together: int = 0
    most_together: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str = "/hook") -> str:
        return f"{self.address}{path}"

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.received]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        told: Receiver = self.server.told  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with told.lock:
            told.received.append(Received(self.path, headers, body))
            told.together += 1
            told.most_together = max(told.most_together, told.together)
            answer = told.answers.popleft() if told.answers else 204
        try:
            self._answer(told, answer)
        finally:
            with told.lock:
                told.together -= 1

    def _answer(self, told: Receiver, answer: Any) -> None:
        if answer == "cut":
            self.close_connection = True
            self.connection.close()
            return
        if answer == "wait":
            told.waiting.release()
            told.let_go.wait(PATIENCE)
            answer = 204
        if answer == "drip":
            self._drip(told)
            return
        status, headers, content = answer if isinstance(answer, tuple) else (answer, {}, b"")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drip(self, told: Receiver) -> None:
        """Send a head that never ends, a byte at a time."""
        told.waiting.release()
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not told.let_go.wait(0.02):
            try:
                self.wfile.write(b"x")
                self.wfile.flush()
            except OSError:
                return

    def log_message(self, *unused: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *unused: Any) -> None:
        """Say nothing: connections are cut on purpose."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver."""
    server = Server(("127.0.0.1", 0), Handler)
    told = Receiver(address=f"http://127.0.0.1:{server.server_port}")
    server.told = told  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        told.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
