"""
Where we may connect to: public hosts over TLS, and what the operator lists.

The address is looked up once, checked, and connected to by number, so that a name cannot lead to
another machine between the check and the connection. Redirects are not followed.
"""

import os
import time
from collections.abc import Mapping
from functools import cache
from http.cookiejar import CookieJar
from typing import Any

import httpcore
import httpx
from django.conf import settings

from orchestrator.kernel.errors import DomainError
from orchestrator.kernel.outbound import transport
from orchestrator.kernel.outbound.numbers import is_public_text
from orchestrator.kernel.outbound.places import place_of
from orchestrator.notifications.channels.parcels import Receipt, failed, sent

# A provider answers in a sentence; nothing longer is read.
LONGEST_ANSWER = 4096
LATER = frozenset({408, 409, 425, 429})


class BadDestination(DomainError):
    """The host is not one we would send a message to."""

    code, status, title = "bad_destination", 422, "Not a place to send messages to"


def is_listed(host: str) -> bool:
    """Say whether the operator lists the host, which may then be private and without TLS."""
    return host.lower() in settings.COUNTERSIGN["notify_allow_hosts"]


def check_address(url: str) -> None:
    """
    Refuse an address that is not https, or that names a private host outright.

    :raises BadDestination: if nothing may be sent there
    """
    try:
        place = place_of(url)
    except ValueError as error:
        raise BadDestination("This is not a web address.") from error
    parts, host = place.parts, place.host
    if not host:
        raise BadDestination("Enter an address with a host, such as https://hooks.example.com/1.")
    if is_listed(host):
        return
    if parts.scheme != "https":
        raise BadDestination(f"{host} would be spoken to without encryption. Use https.")
    if _is_private_literal(host) or "." not in host or host.endswith((".local", ".internal")):
        raise BadDestination(
            f"{host} is inside a network. Use a public host, or let the operator add it to "
            "NOTIFY_ALLOW_HOSTS."
        )


def post_json(
    url: str, payload: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Receipt:
    """Post to a checked host with a time limit, and say what became of it."""
    try:
        check_address(url)
        limit = settings.COUNTERSIGN["notify_timeout_seconds"]
        # For all of it: an answer that drips is cut off as well.
        transport.give_until(time.monotonic() + limit)
        with _client(os.getpid()).stream(
            "POST", url, json=dict(payload), headers=dict(headers or {}), timeout=limit
        ) as answer:
            first = next(answer.iter_bytes(LONGEST_ANSWER), b"")
            return _receipt(answer.status_code, first)
    except BadDestination as refusal:
        return failed(refusal.detail, permanent=True)
    except transport.NotPublic:
        return failed("The host leads into a private network.", permanent=True)
    except (httpx.TimeoutException, httpcore.TimeoutException):
        return failed("No answer in time.")
    except (httpx.HTTPError, httpcore.NetworkError, OSError) as error:
        return failed(f"Not reachable: {type(error).__name__}.")


@cache
def _client(process: int) -> httpx.Client:
    """Return the client of this process; it keeps neither connections nor cookies."""
    return httpx.Client(
        transport=transport.Transport(is_listed, kept_seconds=0.0),
        cookies=_NoCookies(),
        trust_env=False,
        follow_redirects=False,
    )


class _NoCookies(CookieJar):
    """One receiver's cookies are nobody else's business."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Take none."""


def _receipt(status: int, body: bytes) -> Receipt:
    if 200 <= status < 300:
        return sent(f"HTTP {status}")
    said = "" if status < 400 else f" {body[:120].decode('utf-8', 'replace')}"
    permanent = status < 500 and status not in LATER
    return failed(f"HTTP {status}{said}".strip(), permanent=permanent)


def _is_private_literal(host: str) -> bool:
    try:
        return not is_public_text(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
