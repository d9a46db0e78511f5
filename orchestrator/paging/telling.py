"""What people are told about a page."""

import datetime as dt
import logging
from collections.abc import Iterable

from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.people.models import User

logger = logging.getLogger(__name__)


def tell_called(page: PageCall, turn: PageTurn, *, at: dt.datetime) -> None:
    """Call the person, whatever their quiet hours."""
    logger.info("page %s calls %s at %s", page.pk, turn.person_id, at)


def tell_passed_over(page: PageCall, turn: PageTurn, *, at: dt.datetime) -> None:
    """Tell who did not answer that somebody else is called."""
    logger.info("page %s passes over %s at %s", page.pk, turn.person_id, at)


def tell_taken(
    page: PageCall, turn: PageTurn, *, others: Iterable[PageTurn | None], at: dt.datetime
) -> None:
    """Tell everybody else who had or might have had the matter that it is taken."""
    told = [other.person_id for other in others if other is not None]
    logger.info("page %s is taken by %s at %s; %s are told", page.pk, turn.person_id, at, told)


def tell_handed_on(
    page: PageCall, turns: Iterable[PageTurn], *, to: User, by: User, at: dt.datetime
) -> None:
    """Tell who had the matter and did not hand it on themselves that somebody else is called."""
    told = [turn.person_id for turn in turns if turn.person_id != by.pk]
    logger.info("page %s goes to %s at %s; %s are told", page.pk, to.pk, at, told)


def tell_resolved(page: PageCall, *, at: dt.datetime) -> None:
    """Tell whoever was called how it ended."""
    logger.info("page %s is settled at %s", page.pk, at)
