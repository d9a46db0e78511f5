"""What worker processes share through Redis. Without Redis each of them manages on its own."""

import contextlib
from collections.abc import Iterator
from functools import cache as once
from typing import Any

import redis
import structlog
from django.conf import settings
from django.core.cache import cache
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)
LOCK_SECONDS = 60.0


def load(key: str) -> Any:
    """Return what was saved under a key, or None if there is nothing or nobody to ask."""
    try:
        return cache.get(key)
    except redis.RedisError as error:
        log.warning("shared_cache_unreadable", error=type(error).__name__)
        return None


def save(key: str, value: Any, *, seconds: float) -> None:
    """Save a value for some seconds; without Redis it stays with this process."""
    try:
        cache.set(key, value, timeout=int(seconds))
    except redis.RedisError as error:
        log.warning("shared_cache_unwritable", error=type(error).__name__)


@contextlib.contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """
    Let one process in at a time; one that cannot get the lock in time goes on without it.

    What is guarded here is thrift (one sign-in instead of many), never correctness.
    """
    lock = _client().lock(
        f"countersign:{name}", timeout=LOCK_SECONDS, blocking_timeout=LOCK_SECONDS, sleep=0.05
    )
    held = False
    try:
        held = lock.acquire()
    except redis.RedisError as error:
        log.warning("shared_lock_unavailable", error=type(error).__name__)
    try:
        yield
    finally:
        if held:
            with contextlib.suppress(redis.RedisError):
                lock.release()


@once
def _client() -> redis.Redis:
    # Nothing here is worth waiting for a second try.
    never = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, retry=never
    )
