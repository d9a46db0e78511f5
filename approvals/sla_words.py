"""The clocks of a proposal in words: why a review is due when it is, what a pause leaves."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from approvals.models import Proposal
from orchestrator.calendars.queries import kept_hours

EVERYBODY = "Monday to Friday, 9:00 to 17:00 UTC"


def why_due(policy: Mapping[str, Any]) -> str:
    """Return what a review's due time was computed with; nothing for one that never opened."""
    frozen = policy.get("sla", {})
    if not frozen.get("within") or not frozen.get("zone"):
        return ""
    words = f"{frozen['within']}, {_by_what(frozen)}"
    if "remaining_seconds" in frozen:
        left = hours_words(dt.timedelta(seconds=frozen["remaining_seconds"]))
        return f"{left} that a question had left of {words}"
    return words


def due_words(policy: Mapping[str, Any], *, due: dt.datetime, at: dt.datetime) -> str:
    """Return why it is due then and how much working time that leaves, without asking anybody."""
    words = why_due(policy)
    frozen = policy.get("sla", {})
    hours = kept_hours(frozen.get("digest", "")) if _in_working_time(frozen) else None
    if hours is None or due <= at:
        return words
    return f"{words}; {hours_words(hours.between(at, due))} of working time left"


def pause_words(proposal: Proposal) -> str:
    """Return what happens to the time to decide while a question waits for its answer."""
    if proposal.decide_left is None:
        return ""
    if not proposal.decide_left:
        return "The time to decide was used up when it was asked."
    return f"{hours_words(proposal.decide_left)} are left to decide once it is answered."


def hours_words(length: dt.timedelta) -> str:
    """Return a length in hours and minutes: a day of work is no day of the clock."""
    minutes = int(length.total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min" if rest else "under 1 min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _by_what(frozen: Mapping[str, Any]) -> str:
    if not _in_working_time(frozen):
        return "by the clock"
    if not frozen["calendar"]:
        return EVERYBODY
    return f"calendar {frozen['calendar_title']} ({frozen['zone']})"


def _in_working_time(frozen: Mapping[str, Any]) -> bool:
    return "business" in frozen.get("within", "")
