"""Firing what is due: claim, handler and record are one transaction a batch."""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction

from orchestrator.kernel import faultpoints
from orchestrator.timers import claiming, failing, handlers
from orchestrator.timers.handlers import Handler
from orchestrator.timers.models import Timer

logger = logging.getLogger(__name__)


def fire_due(*, at_clock: Callable[[], dt.datetime]) -> int:
    """Fire what is due, batch by batch, each kind in turn; return how many there were."""
    total = 0
    waiting = claiming.due_kinds(handlers.kinds(), at_clock())
    while waiting:
        full = []
        for kind in waiting:
            handler = handlers.handler_of(kind)
            count = _fire_batch(kind, handler, at_clock())
            total += count
            if count == handler.batch:
                full.append(kind)
        waiting = full
    return total


@transaction.atomic(durable=True)
def _fire_batch(kind: str, handler: Handler, at: dt.datetime) -> int:
    timers = claiming.claim(kind, limit=handler.batch, at=at)
    if not timers:
        return 0
    faultpoints.reach("timers.claimed")
    if _trouble(handler, timers, at) is not None:
        for timer in timers:
            trouble = _trouble(handler, [timer], at)
            if trouble is not None:
                failing.put_off(timer, trouble, at)
    faultpoints.reach("timers.handled")
    return len(timers)


def _trouble(handler: Handler, timers: list[Timer], at: dt.datetime) -> Exception | None:
    """Run the handler under a savepoint; return what it raised, with nothing of it done."""
    try:
        with transaction.atomic():
            claiming.collapse(timers, at)
            handler.handle(timers, at)
    except Exception as error:
        if not transaction.get_connection().is_usable():
            raise
        logger.exception("the handler of %s failed for %s timers", timers[0].kind, len(timers))
        return error
    return None
