"""Wake-ups: a hint that work is due, at most one under way for a name, and never needed."""

import logging
import time
from collections.abc import Callable

from django.core.cache import cache

logger = logging.getLogger(__name__)

# A token outlives a lost message by this much; until then the sweeps find the work.
TOKEN_SECONDS = 5
# After a failure nobody waits for the broker again for this long.
QUIET_SECONDS = 5.0
_senders: dict[str, Callable[[], object]] = {}
_quiet_until = 0.0


def register(name: str, send: Callable[[], object]) -> None:
    """Say how the worker behind a name is woken; called once, when the app is ready."""
    _senders[name] = send


def wake(name: str) -> None:
    """Send one wake-up unless one is already on its way; a broker that is down fails nobody."""
    global _quiet_until  # noqa: PLW0603 - a process has one broker
    send = _senders.get(name)
    if send is None or time.monotonic() < _quiet_until:
        return
    try:
        if cache.add(_token(name), 1, TOKEN_SECONDS):
            send()
    except Exception:  # noqa: BLE001 - whatever the broker does, the stored work is found by a sweep
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("could not send the wake-up %s; the next sweep finds the work", name)


def answered(name: str) -> None:
    """Say that the worker has woken, before it looks for work: what comes later wakes it again."""
    try:
        cache.delete(_token(name))
    except Exception:  # noqa: BLE001 - the token runs out by itself
        logger.warning("could not clear the wake-up %s; it runs out by itself", name)


def _token(name: str) -> str:
    return f"wake:{name}"
