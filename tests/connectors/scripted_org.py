"""A server on this machine that answers as a test tells it to, and remembers what it was asked."""

import contextlib
import json
import secrets
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from orchestrator.connectors.salesforce.sign_in import Credentials

USER_ID = "005000000000001AAA"
TOKEN_PATH = "/services/oauth2/token"


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


@dataclass
class Answer:
    """What to answer: a body, or a way to break off."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    # "silent": say nothing; "cut": close without an answer; "half": close within the body.
    breaks: str = ""


@dataclass
class ScriptedOrg:
    """What the server was asked, what it will answer next, and whom it knows."""

    address: str = ""
    # Its own, because tokens are shared by credentials and a port may come again.
    client_id: str = field(default_factory=lambda: f"client-{secrets.token_hex(4)}")
    asked: list[Asked] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    # Every token in here is dead; each sign-in gives the next number.
    dead_tokens: set[str] = field(default_factory=set)
    sign_ins: int = 0
    sign_in_answer: Answer | None = None
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def credentials(self, **changes: str) -> Credentials:
        """Return credentials that this server takes."""
        values = {
            "address": self.address,
            "sign_in": "client_credentials",
            "client_id": self.client_id,
            "username": "",
            "secret": "secret",
            **changes,
        }
        return Credentials(**values)

    @property
    def calls(self) -> list[Asked]:
        """Return what was asked apart from sign-ins."""
        return [each for each in self.asked if each.path != TOKEN_PATH]


@contextlib.contextmanager
def scripted_org() -> Iterator[ScriptedOrg]:
    """Run the server until the block ends."""
    org = ScriptedOrg()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(org))
    server.daemon_threads = True
    org.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield org
    finally:
        org.released.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _handler(org: ScriptedOrg) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            asked = Asked(self.command, self.path, dict(self.headers.items()), body)
            with org.lock:
                org.asked.append(asked)
                answer = _sign_in(org) if self.path == TOKEN_PATH else _next(org, asked)
            _give(self, org, answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing on the terminal."""

    for method in ("GET", "POST", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._serve)
    return Handler


def _sign_in(org: ScriptedOrg) -> Answer:
    org.sign_ins += 1
    if org.sign_in_answer is not None:
        return org.sign_in_answer
    token = {
        "access_token": f"token-{org.sign_ins}",
        "instance_url": org.address,
        "id": f"https://login.salesforce.com/id/00D000000000001AAA/{USER_ID}",
        "token_type": "Bearer",
    }
    return Answer(body=token)


def _next(org: ScriptedOrg, asked: Asked) -> Answer:
    token = asked.headers.get("Authorization", "").removeprefix("Bearer ")
    if token in org.dead_tokens:
        body = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
        return Answer(status=401, body=body)
    return org.answers.popleft() if org.answers else Answer(body={"ok": True})


def _give(handler: BaseHTTPRequestHandler, org: ScriptedOrg, answer: Answer) -> None:
    finish: dict[str, Callable[[], Any]] = {"silent": lambda: org.released.wait(20)}
    if answer.breaks in ("silent", "cut"):
        finish.get(answer.breaks, lambda: None)()
        handler.close_connection = True
        return
    raw = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    content = b"" if answer.status == 204 else raw.encode()
    handler.send_response(answer.status)
    for name, value in {"Content-Type": "application/json", **answer.headers}.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content) + (answer.breaks == "half")))
    handler.end_headers()
    handler.wfile.write(content)
    handler.close_connection = handler.close_connection or answer.breaks == "half"
