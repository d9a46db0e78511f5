"""A Slack of our own: what was posted, updated and whispered, and requests signed as Slack does."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

from django.test import Client

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


class FakeSlack:
    """Takes calls of the Web API, and presses buttons."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api/"
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.error = ""

    def called(self, method: str) -> list[dict[str, Any]]:
        return [body for name, body in self.calls if name == method]

    def answer(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.error:
            return {"ok": False, "error": self.error}
        self.calls.append((method, body))
        return {"ok": True, "channel": f"D{body['channel']}", "ts": f"{len(self.calls)}.0001"}

    def button(self) -> dict[str, Any]:
        """Return the approve button of the latest card."""
        actions = self.called("chat.postMessage")[-1]["blocks"][-1]["elements"]
        return next(each for each in actions if each["action_id"] == "countersign_approve")


def send(client: Client, path: str, form: dict[str, str], *, now: float, secret: str = SECRET):
    """Send a form as Slack does, signed at `now`."""
    body = urlencode(form).encode()
    stamp = str(int(now))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return client.post(
        f"/integrations/slack/{path}",
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"},
    )


def pressed(button: dict[str, Any], *, user: str = "U1", team: str = "T1") -> dict[str, str]:
    """Return the form of a pressed button."""
    action = {"action_id": button["action_id"], "value": button["value"]}
    payload = {
        "type": "block_actions",
        "user": {"id": user, "team_id": team},
        "actions": [action],
    }
    return {"payload": json.dumps(payload)}


@contextmanager
def fake_slack() -> Iterator[FakeSlack]:
    """Listen on a free port of this machine until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = json.dumps(here.answer(self.path.rsplit("/", 1)[-1], body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = FakeSlack(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
