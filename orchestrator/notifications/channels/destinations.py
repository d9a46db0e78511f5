"""
Where we may connect to: public hosts over TLS, and what the operator lists.

The address is looked up once, checked, and connected to by number, so that a name cannot lead to
another machine between the check and the connection. Redirects are not followed.
"""

import ipaddress
import socket
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from orchestrator.kernel.errors import DomainError
from orchestrator.notifications.channels.parcels import Receipt, failed, sent

# A provider answers in a sentence; nothing longer is read.
LONGEST_ANSWER = 4096
LATER = frozenset({408, 409, 425, 429})
# NAT64 and 6to4: an IPv4 address, private or not, inside of a public one.
CARRIES_ANOTHER = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))
_kept = threading.local()


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
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
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
        target, pinned, extensions = _pinned(url)
        with _client().stream(
            "POST",
            target,
            json=dict(payload),
            headers={**(headers or {}), **pinned},
            extensions=extensions,
            timeout=settings.COUNTERSIGN["notify_timeout_seconds"],
        ) as answer:
            first = next(answer.iter_bytes(LONGEST_ANSWER), b"")
            return _receipt(answer.status_code, first)
    except BadDestination as refusal:
        return failed(refusal.detail, permanent=True)
    except httpx.TimeoutException:
        return failed("No answer in time.")
    except (httpx.HTTPError, OSError) as error:
        return failed(f"Not reachable: {type(error).__name__}.")


def _client() -> httpx.Client:
    """Return this thread's client: making one loads every root certificate."""
    client: httpx.Client | None = getattr(_kept, "client", None)
    if client is None:
        client = _kept.client = httpx.Client(trust_env=False, follow_redirects=False)
    # One receiver's cookies are nobody else's business.
    client.cookies.clear()
    return client


def _receipt(status: int, body: bytes) -> Receipt:
    if 200 <= status < 300:
        return sent(f"HTTP {status}")
    said = "" if status < 400 else f" {body[:120].decode('utf-8', 'replace')}"
    permanent = status < 500 and status not in LATER
    return failed(f"HTTP {status}{said}".strip(), permanent=permanent)


def _pinned(url: str) -> tuple[str, dict[str, str], dict[str, Any]]:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if is_listed(host):
        return url, {}, {}
    number = public_number(host, parts.port or 443)
    literal = f"[{number}]" if ":" in number else number
    netloc = literal if parts.port is None else f"{literal}:{parts.port}"
    named = host if parts.port is None else f"{host}:{parts.port}"
    # The certificate is still checked against the name; and two names that share a number never
    # share a connection.
    pinned = {"Host": named, "Connection": "close"}
    return parts._replace(netloc=netloc).geturl(), pinned, {"sni_hostname": host}


def public_number(host: str, port: int) -> str:
    """
    Look a host up and return one of its addresses.

    :raises BadDestination: if any of them is private: whoever mixes them is up to something
    :raises OSError: if the name leads nowhere
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not numbers or not all(map(_is_public, numbers)):
        raise BadDestination(f"{host} leads into a private network.")
    return numbers[0]


def _is_public(number: str) -> bool:
    address = ipaddress.ip_address(number)
    hidden = any(address in net for net in CARRIES_ANOTHER if net.version == address.version)
    return address.is_global and not address.is_multicast and not hidden


def _is_private_literal(host: str) -> bool:
    try:
        return not _is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
