"""One keep-alive HTTP connection with as little of its own as Python allows."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 60


class BadAnswer(Exception):
    """The server answered something else than expected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body, read as JSON."""
        return json.loads(self.body)


class Door:
    """A connection to one server; a client thread has one of its own."""

    def __init__(self, address: str, headers: Mapping[str, str] | None = None) -> None:
        """Note where to; the first request opens the connection."""
        parts = urlsplit(address)
        self._line = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=TIMEOUT_SECONDS
        )
        self._headers = dict(headers or {})

    def __enter__(self) -> Self:
        """Return the open door."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connection."""
        self._line.close()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        expect: tuple[int, ...] = (200, 201),
    ) -> Answer:
        """
        Send one request and read its answer to the end.

        :raises BadAnswer: if the status is not an expected one
        """
        self._line.request(method, path, body=body, headers={**self._headers, **(headers or {})})
        response = self._line.getresponse()
        content = response.read()
        if response.status not in expect:
            said = content[:400].decode(errors="replace")
            raise BadAnswer(f"{method} {path}: {response.status} {said}")
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, content)

    def send_json(self, method: str, path: str, body: Any, **headers: str) -> Answer:
        """Send JSON; an underscore in a header's name stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        text = json.dumps(body).encode()
        return self.ask(method, path, text, {"Content-Type": "application/json", **named})
