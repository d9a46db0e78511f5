"""A cache that may be away: what it cannot answer counts as not kept."""

import logging
from typing import Any

from redis.exceptions import RedisError

from orchestrator.kernel.kept_cache import KeptCache

logger = logging.getLogger(__name__)


class ForgivingCache(KeptCache):
    """
    The cache in front of the sessions, which PostgreSQL keeps.

    People must be able to decide, and to reach the kill switch, while Redis is away. Dropping is
    not forgiven: a session signed out of must not come back to life with Redis.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept, or the default where nobody answers."""
        try:
            return super().get(key, default, version)
        except RedisError as error:
            return self._nothing(error, default)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        """Return what is kept of these, or nothing where nobody answers."""
        try:
            return super().get_many(keys, version)
        except RedisError as error:
            return self._nothing(error, {})

    def set(self, *args: Any, **options: Any) -> None:
        """Keep a value where somebody answers."""
        try:
            super().set(*args, **options)
        except RedisError as error:
            self._nothing(error, None)

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Say whether a value is kept and somebody answers."""
        try:
            return bool(super().has_key(key, version))
        except RedisError as error:
            return bool(self._nothing(error, default=False))

    def _nothing(self, error: RedisError, default: Any) -> Any:
        logger.warning("the cache of sessions does not answer: %s", error)
        return default
