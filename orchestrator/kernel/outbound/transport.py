"""
The way out: one address is looked up, checked and connected to, so no second answer can differ.

A name that resolves to a public address when it is checked and to a private one when it is used
(DNS rebinding) gains nothing: the connection goes to the very address that was checked.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

from orchestrator.kernel.outbound.numbers import is_public_text

MOST_CONNECTIONS = 64
KEPT_SECONDS = 15.0
MOST_ADDRESSES = 3
# Says of a host whether the operator vouches for it: then its addresses may be private.
Vouched = Callable[[str], bool]
_deadline = threading.local()


class NotPublic(Exception):
    """The host leads to an address that is not on the public internet."""


def give_until(moment: float) -> None:
    """Let this thread's connections wait no longer than this moment of the monotonic clock."""
    _deadline.moment = moment


def remaining(timeout: float | None) -> float:
    """
    Return how long this thread may still wait.

    :raises httpcore.ReadTimeout: if its time is up
    """
    left = float(getattr(_deadline, "moment", time.monotonic())) - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("The time is up.")
    return left if timeout is None else min(left, timeout)


def checked_addresses(host: str, port: int, vouched: Vouched) -> list[str]:
    """
    Look a host up once and return its addresses, if every one of them may be spoken to.

    :raises NotPublic: if one of them is private, local or reserved
    :raises httpcore.ConnectError: if the host has none
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} cannot be looked up.") from error
    texts = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not vouched(host):
        for text in texts:
            if not is_public_text(text):
                raise NotPublic(f"{host} leads to {text}, which is not on the public internet.")
    return texts[:MOST_ADDRESSES]


class Unhurried(httpcore.NetworkStream):
    """A stream that keeps to its thread's deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        """Keep the stream below."""
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read within what is left of the time."""
        return self._stream.read(max_bytes, remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write within what is left of the time."""
        self._stream.write(buffer, remaining(timeout))

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypt it; the certificate is that of the name, not of the address."""
        return Unhurried(self._stream.start_tls(ssl_context, server_hostname, remaining(timeout)))

    def get_extra_info(self, info: str) -> Any:
        """Return what the stream knows."""
        return self._stream.get_extra_info(info)


class PublicOnly(httpcore.NetworkBackend):
    """Connects to checked addresses and to nothing else."""

    def __init__(self, vouched: Vouched) -> None:
        """Use the ordinary connections below."""
        self._below, self._vouched = httpcore.SyncBackend(), vouched

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """
        Connect to the first address of the host that answers.

        :raises NotPublic: if the host is not on the public internet
        """
        refused: Exception = httpcore.ConnectError(f"{host} has no address.")
        for address in checked_addresses(host, port, self._vouched):
            try:
                stream = self._below.connect_tcp(
                    address, port, remaining(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refused = error
            else:
                return Unhurried(stream)
        raise refused


class Transport(httpx.HTTPTransport):
    """httpx's transport over checked connections, kept open for the next message."""

    def __init__(self, vouched: Vouched, *, kept_seconds: float = KEPT_SECONDS) -> None:
        """Put the checked connections in the place of httpx's own."""
        super().__init__(trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=MOST_CONNECTIONS,
            keepalive_expiry=kept_seconds,
            network_backend=PublicOnly(vouched),
        )
