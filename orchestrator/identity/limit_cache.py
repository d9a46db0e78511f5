"""The counters that limit guessing: in Redis for all processes, here while Redis is away."""

import logging
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import RedisError

from orchestrator.kernel.kept_cache import KeptCache

MOST_COUNTERS = 20_000
logger = logging.getLogger(__name__)


class LimitCache(KeptCache):
    """
    A cache whose counting goes on without Redis.

    People have to be able to sign in and to reach the kill switch while Redis is away, and nobody
    may guess passwords without a limit meanwhile: each process then counts for itself.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        """Keep a small store of this process beside the way to Redis."""
        super().__init__(server, params)
        self._here = LocMemCache("sign-in-limits", {"OPTIONS": {"MAX_ENTRIES": MOST_COUNTERS}})

    def add(self, *args: Any, **options: Any) -> bool:
        """Keep a value where none is kept yet; say whether it was."""
        try:
            return bool(super().add(*args, **options))
        except RedisError as error:
            return bool(self._without(error).add(*args, **options))

    def get(self, *args: Any, **options: Any) -> Any:
        """Return what is kept, or the default."""
        try:
            return super().get(*args, **options)
        except RedisError as error:
            return self._without(error).get(*args, **options)

    def set(self, *args: Any, **options: Any) -> None:
        """Keep a value."""
        try:
            super().set(*args, **options)
        except RedisError as error:
            self._without(error).set(*args, **options)

    def delete(self, *args: Any, **options: Any) -> bool:
        """Forget a value; say whether there was one."""
        try:
            return bool(super().delete(*args, **options))
        except RedisError as error:
            return bool(self._without(error).delete(*args, **options))

    def _without(self, error: RedisError) -> LocMemCache:
        logger.warning("the counters of sign-ins do not answer: %s", error)
        return self._here
