"""One commit that cannot go on must not hold up those that share its call."""

import logging
from collections.abc import Callable, Sequence

from django.db import DatabaseError

from orchestrator.commits.batch import Item
from orchestrator.connectors.errors import ConnectorError, Rejected

logger = logging.getLogger(__name__)
Act = Callable[[Sequence[Item]], Sequence[Item]]


def together_or_alone(
    items: Sequence[Item], act: Act, put_off: Callable[[Item], object]
) -> list[Item]:
    """
    Act on all commits at once, or on each alone if that fails; return those it worked for.

    :raises ConnectorError: if the system of record answers nobody
    """
    if not items:
        return []
    try:
        return list(act(items))
    except Exception as error:
        if _concerns_all(error):
            raise
        if len(items) == 1:
            logger.exception("commit %s cannot be settled yet", items[0].id)
            put_off(items[0])
            return []
    return [done for item in items for done in together_or_alone([item], act, put_off)]


def _concerns_all(error: Exception) -> bool:
    if isinstance(error, ConnectorError):
        return not isinstance(error, Rejected)
    return isinstance(error, DatabaseError)
