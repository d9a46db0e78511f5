"""Publishing: after the commit, in one short message, and never in anybody's way."""

import hashlib
import logging
import time
from collections.abc import Iterable
from functools import lru_cache, partial
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from orchestrator.live.events import Event, Kind, number, packed

logger = logging.getLogger(__name__)

# Whoever decides must not wait for a page elsewhere: so long at most, then not for a while.
LONGEST_SECONDS = 0.25
QUIET_SECONDS = 5.0
_quiet_until = 0.0


def publish(
    kind: str, *, proposal: str, workflow: int, roles: Iterable[int] = (), by: str = ""
) -> None:
    """Tell the open pages about a proposal once the transaction is committed; without values."""
    named = frozenset(number(role) for role in roles)
    tell([Event(kind=kind, proposal=proposal, workflow=number(workflow), roles=named, about=by)])


def tell(events: Iterable[Event]) -> None:
    """Tell the open pages once the transaction is committed; no fault reaches whoever caused it."""
    told = tuple(events)
    if told:
        transaction.on_commit(partial(send, told), robust=True)


def end_session(session_key: str) -> None:
    """Have the streams of a session that is over ended."""
    tell([Event(kind=Kind.SESSION_ENDED, about=mark_of(session_key))])


def mark_of(session_key: str) -> str:
    """Return what names a session without being of use to anybody who reads it."""
    return hashlib.sha256(f"live:{session_key}".encode()).hexdigest()[:32]


def send(events: Iterable[Event]) -> None:
    """Send now; a Redis that is away costs a moment once, and nothing is lost but freshness."""
    global _quiet_until  # noqa: PLW0603 - a process has one Redis
    if time.monotonic() < _quiet_until:
        return
    try:
        client().publish(channel(), packed(events))
    except redis.RedisError as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("open pages could not be told, they catch up by themselves: %s", error)


def channel() -> str:
    """Return the channel of this installation: channels know nothing of Redis' databases."""
    return _channel(settings.REDIS_URL)


@lru_cache(maxsize=4)
def _channel(address: str) -> str:
    database = urlsplit(address).path.strip("/") or "0"
    return f"countersign:live:{database}"


def client() -> redis.Redis:
    """Return the client of this process, whose patience is short."""
    return _client(settings.REDIS_URL)


@lru_cache(maxsize=4)
def _client(address: str) -> redis.Redis:
    return redis.Redis.from_url(
        address,
        socket_timeout=LONGEST_SECONDS,
        socket_connect_timeout=LONGEST_SECONDS,
        # One more, on a new connection: the kept one may have died with an earlier server.
        retry=Retry(NoBackoff(), 1),
    )
