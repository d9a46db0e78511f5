"""The ceiling on how often an agent may call: counted per minute, shared by all web processes."""

import datetime as dt
import logging

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from orchestrator.kernel.errors import DomainError

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 60


class TooManyRequests(DomainError):
    """The agent called more often than its ceiling allows."""

    code, status, title = "too_many_requests", 429, "Too many requests"


def count(*, agent_id: str, at: dt.datetime) -> None:
    """
    Count one call of an agent.

    :raises TooManyRequests: if the calls of this minute are used up
    """
    ceiling = settings.COUNTERSIGN["agent_requests_per_minute"]
    window, passed = divmod(int(at.timestamp()), WINDOW_SECONDS)
    key = f"calls:{agent_id}:{window}"
    try:
        used = _counted(key)
    except (RedisError, ValueError):
        # Without Redis there is no count; PostgreSQL still bounds what can be stored.
        logger.warning("The call ceiling is not counted: the cache does not answer.")
        return
    if used > ceiling:
        wait = WINDOW_SECONDS - passed
        raise TooManyRequests(
            f"At most {ceiling} calls a minute; wait {wait} seconds.", extra={"retry_after": wait}
        )


def _counted(key: str) -> int:
    """Add one to the window's count; only its first call has to make it."""
    try:
        return int(cache.incr(key))
    except ValueError:
        made = cache.add(key, 1, timeout=2 * WINDOW_SECONDS)
        return 1 if made else int(cache.incr(key))
