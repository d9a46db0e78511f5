"""The clocks of a page: how long one may take to answer, and when to look again."""

import datetime as dt
import logging
from collections.abc import Collection

from orchestrator.paging.models import PageCall, PageTurn

logger = logging.getLogger(__name__)


def await_answer(turn: PageTurn) -> None:
    """Give the person who is called some minutes to answer."""
    logger.info("turn %s of page %s is called", turn.number, turn.page_id)


def await_end(turn: PageTurn, *, at: dt.datetime) -> None:
    """Look again whether the matter is settled, some time after it was taken."""
    logger.info("turn %s of page %s is taken at %s", turn.number, turn.page_id, at)


def await_round(page: PageCall, *, at: dt.datetime) -> None:
    """Begin again some time after nobody was left."""
    logger.info("page %s has nobody left at %s", page.pk, at)


def stop(pages: Collection[PageCall], *, at: dt.datetime) -> None:
    """Stop every clock of these pages."""
    logger.info("%s pages need no clock any more at %s", len(pages), at)
