"""A relay in front of the simulated org that counts how many writes are on the wire at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import requests

KEPT = ("authorization", "content-type", "sforce-call-options")


class Relay(ThreadingHTTPServer):
    """Hands every request on, and remembers the most writes it had in hand at one time."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.target = target
        self.most = self.writes = self._now = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def began(self) -> None:
        with self._lock:
            self.writes += 1
            self._now += 1
            self.most = max(self.most, self._now)

    def ended(self) -> None:
        with self._lock:
            self._now -= 1


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Relay
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._hand_on()

    def do_POST(self) -> None:
        writes = urlsplit(self.path).path.rstrip("/").endswith("/composite")
        if writes:
            self.server.began()
        try:
            self._hand_on()
        finally:
            if writes:
                self.server.ended()

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests look at the counts."""

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name: self.headers[name] for name in KEPT if name in self.headers}
        answer = requests.request(
            self.command, f"{self.server.target}{self.path}", data=body, headers=headers, timeout=30
        )
        self.send_response(answer.status_code)
        for name in ("content-type", "sforce-limit-info"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)


@contextmanager
def relayed(target: str) -> Iterator[Relay]:
    """Run a relay in front of an address for as long as the block runs."""
    relay = Relay(target)
    thread = threading.Thread(target=relay.serve_forever, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.shutdown()
        relay.server_close()
