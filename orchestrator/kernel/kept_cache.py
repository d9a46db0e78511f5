"""The cache on Redis, with one pool of connections for the whole process."""

from functools import cached_property
from typing import Any

from django.core.cache.backends import redis

_clients: dict[str, "KeptClient"] = {}


class KeptClient(redis.RedisCacheClient):
    """A client that is made once and used by every thread, as redis-py allows."""

    _kept: Any = None

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the client; Django would make one, with a table of commands, for each call."""
        if self._kept is None:
            self._kept = super().get_client(key, write=write)
        return self._kept


class KeptCache(redis.RedisCache):
    """
    Django's cache on one Redis server, with its connections kept.

    Django keeps a cache for each context, and every request that runs in a thread of the web
    server has a context of its own: each would connect to Redis anew, which takes longer than all
    that it asks there.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        """Note which server and how to speak to it."""
        super().__init__(server, params)
        self._way = (server, params.get("OPTIONS", {}))

    @cached_property
    def _cache(self) -> KeptClient:
        server, options = self._way
        # Two threads may both make one; the pool of the one that is not kept is never used.
        return _clients.setdefault(repr(self._way), KeptClient([server], **options))
