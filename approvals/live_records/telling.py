"""What looking at the records came to, in the words of the page. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from approvals.live_records.drift import Values, moved_fields
from approvals.live_records.looking import Answer, Look
from approvals.states import ProposalState

# Where what is in the CRM now still matters to somebody here.
LIVE = frozenset(
    {
        ProposalState.IN_REVIEW,
        ProposalState.REVISION_REQUESTED,
        ProposalState.APPROVED,
        ProposalState.FAILED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLine:
    """The line above the fields: is it still true?"""

    icon: str
    tone: str
    title: str
    text: str = ""
    read_at: dt.datetime | None = None
    # Look again by itself: somebody else is asking right now.
    asking: bool = False
    # There is something to take up: an approval would not count on it.
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Mover:
    """Who changed a record last, and when."""

    name: str
    at: dt.datetime


def live_line(
    seen: Look,
    found: Mapping[int, Values | None],
    *,
    state: str,
    movers: Sequence[Mover] = (),
) -> LiveLine | None:
    """Return what to say, or nothing where there is no record to look at."""
    if seen.answer == Answer.NOTHING:
        return None
    if seen.answer == Answer.ASKING:
        return LiveLine(icon="refresh", tone="quiet", title="Comparing with the CRM …", asking=True)
    if seen.answer == Answer.SILENT:
        return LiveLine(
            icon="cloud-off",
            tone="warn",
            title="The CRM does not answer",
            text="What stands here is what we read before. "
            "You may decide: it is compared again before anything is written, and comes back to "
            "people if it has moved.",
        )
    if not found:
        return LiveLine(
            icon="circle-check", tone="good", title="Still as we read it", read_at=seen.read_at
        )
    return _moved(seen, found, state, movers)


def _moved(
    seen: Look, found: Mapping[int, Values | None], state: str, movers: Sequence[Mover]
) -> LiveLine:
    gone = any(moved is None for moved in found.values())
    names = ", ".join(moved_fields(found))
    what = "A record was deleted in the CRM" if gone else f"Changed in the CRM: {names}"
    people = ", ".join(dict.fromkeys(mover.name for mover in movers if mover.name))
    return LiveLine(
        icon="arrows-exchange",
        tone="warn",
        title=f"{what}, since we read it",
        text=" ".join(
            filter(None, (f"Last edited there by {people}." if people else "", _next(state)))
        ),
        read_at=seen.read_at,
        moved=state == ProposalState.IN_REVIEW,
    )


def _next(state: str) -> str:
    if state == ProposalState.IN_REVIEW:
        return (
            "An approval would not count on this: it is prepared again first, for you to compare."
        )
    if state == ProposalState.REVISION_REQUESTED:
        return "With the answer it is read again."
    return "It is not written over: it comes back to people."
