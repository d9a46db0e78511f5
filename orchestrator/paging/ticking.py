"""The clocks of a page: how long one may take to answer, and when to look again."""

import datetime as dt
from collections.abc import Collection

from django.conf import settings

from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.timers.arming import NewTimer, arm, cancel

UNACKNOWLEDGED, REMINDER = "page.unacknowledged", "page.reminder"
# The step of a reminder that begins another round.
ROUND = "round"
# So many reminders come at the same distance; then each waits twice as long, up to two hours.
EVEN_REMINDERS, MOST_DOUBLINGS = 3, 3


def time_to_answer() -> dt.timedelta:
    """Return how long somebody who is called has to answer before the next one is called."""
    return dt.timedelta(minutes=float(settings.COUNTERSIGN["page_ack_minutes"]))


def time_to_act() -> dt.timedelta:
    """Return how long a matter that was taken may rest before its holder is reminded."""
    return dt.timedelta(minutes=float(settings.COUNTERSIGN["page_remind_minutes"]))


def await_answer(turn: PageTurn) -> None:
    """Give the person who is called some minutes to answer."""
    due_at = turn.called_at + time_to_answer()
    arm([NewTimer(UNACKNOWLEDGED, turn.page_id, str(turn.number), due_at)])


def await_end(turn: PageTurn, *, at: dt.datetime) -> None:
    """Look again whether the matter is settled, some time after it was taken or last looked at."""
    detail = {"turn": turn.number, "reminders": turn.reminders}
    step = f"{turn.number}:{turn.reminders}:{round(at.timestamp())}"
    # Whoever does not act on it for an hour is not helped by a page every few minutes.
    longer = 2 ** min(max(turn.reminders - EVEN_REMINDERS, 0), MOST_DOUBLINGS)
    arm([NewTimer(REMINDER, turn.page_id, step, at + time_to_act() * longer, detail)])


def await_round(page: PageCall, *, at: dt.datetime) -> None:
    """Begin again some time after nobody was left."""
    step = f"{ROUND}:{page.round}:{round(at.timestamp())}"
    arm([NewTimer(REMINDER, page.pk, step, at + time_to_act(), {"round": page.round})])


def stop(pages: Collection[PageCall], *, at: dt.datetime) -> None:
    """Stop every clock of these pages."""
    subjects = [page.pk for page in pages]
    for kind in (UNACKNOWLEDGED, REMINDER):
        cancel(kind=kind, subjects=subjects, at=at)
