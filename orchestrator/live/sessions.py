"""Sessions as Django keeps them; ending one, in whatever way, ends its streams."""

from functools import partial
from typing import Any

from django.contrib.sessions.backends import cached_db
from django.core.cache.backends.base import BaseCache
from django.db import transaction

from orchestrator.live.publishing import end_session

# A request may have read a session just before it was ended, and keep it again just after: so the
# cache is believed no longer than this, then the database is asked.
BELIEVED_SECONDS = 60


class _Brief:
    """A cache that is believed for a short while only."""

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def __contains__(self, key: str) -> bool:
        return key in self._cache

    def set(self, key: str, value: Any, timeout: float) -> None:
        self._cache.set(key, value, min(timeout, BELIEVED_SECONDS))

    async def aset(self, key: str, value: Any, timeout: float) -> None:
        await self._cache.aset(key, value, min(timeout, BELIEVED_SECONDS))


class SessionStore(cached_db.SessionStore):
    """The session in cache and database."""

    _cache: Any

    def __init__(self, session_key: str | None = None) -> None:
        """Keep the cache short of memory."""
        super().__init__(session_key)
        self._cache = _Brief(self._cache)

    def delete(self, session_key: str | None = None) -> None:
        """Remove the session; its streams end as soon as that is certain."""
        ended = session_key or self.session_key
        super().delete(session_key)
        if ended:
            # Until the commit others still find the row, and would keep it again.
            transaction.on_commit(partial(self._cache.delete, f"{self.cache_key_prefix}{ended}"))
            end_session(ended)
