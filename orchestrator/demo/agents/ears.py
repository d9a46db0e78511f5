"""Where an example agent is told outcomes: a small server that believes nothing unsigned."""

import base64
import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

logger = logging.getLogger(__name__)
LONGEST_BODY = 1_000_000
# https://github.com/standard-webhooks/standard-webhooks: older messages may be replays.
TOLERANCE_SECONDS = 5 * 60


def is_genuine(*, secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Say whether a message was signed with the secret, lately."""
    stamp, name = headers.get("webhook-timestamp", ""), headers.get("webhook-id", "")
    if not stamp.isdigit() or abs(now - int(stamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    ours = f"v1,{base64.b64encode(digest).decode()}"
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(ours, each) for each in given)


def listen(*, port: int, secret: str) -> ThreadingHTTPServer:
    """Listen in the background until the process ends; each message is told once in the log."""
    told: set[str] = set()

    class Ears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length", 0)), LONGEST_BODY)
            body = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            genuine = is_genuine(secret=secret, headers=headers, body=body, now=time.time())
            if genuine:
                _tell(headers["webhook-id"], body, told)
            self.send_response(204 if genuine else 401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: what was told is in the log already."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Ears)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _tell(name: str, body: bytes, told: set[str]) -> None:
    """Log a message, unless it came before: whoever sends it cannot know that it arrived."""
    if name in told:
        return
    told.add(name)
    message = json.loads(body)
    logger.info("told %s of %s", message["type"], message["data"].get("id", ""))
