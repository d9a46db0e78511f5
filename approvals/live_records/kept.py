"""What pages share for seconds through Redis; without Redis each of them asks for itself."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def key_of(kind: str, *parts: object) -> str:
    """Return a key for the cache that no value of a record can break out of."""
    spelled = "\x1f".join(map(str, parts))
    return f"live:{kind}:{hashlib.sha256(spelled.encode()).hexdigest()[:40]}"


def load(keys: Iterable[str]) -> dict[str, Any]:
    """Return what is kept under the keys, as far as anything is."""
    wanted = list(keys)
    try:
        return cache.get_many(wanted) if wanted else {}
    except RedisError as error:
        log.warning("live_cache_unreadable", error=type(error).__name__)
        return {}


def save(values: Mapping[str, Any], *, seconds: int) -> None:
    """Keep values for some seconds, if anybody answers."""
    try:
        cache.set_many(dict(values), timeout=max(seconds, 1))
    except RedisError as error:
        log.warning("live_cache_unwritable", error=type(error).__name__)


def drop(keys: Iterable[str]) -> None:
    """Forget values, if anybody answers."""
    try:
        cache.delete_many(list(keys))
    except RedisError as error:
        log.warning("live_cache_unwritable", error=type(error).__name__)


def claim(key: str, *, seconds: int) -> bool:
    """Say whether the caller is the one who asks now; everybody is where nobody can say."""
    try:
        return bool(cache.add(key, 1, timeout=max(seconds, 1)))
    except RedisError as error:
        log.warning("live_cache_unwritable", error=type(error).__name__)
        return True
