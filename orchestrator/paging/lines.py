"""A page as people read it: who was called, who has it, what the reader may do; no queries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.paging.states import LIVE_TURNS, PageState, TurnState
from orchestrator.people.models import User

# What came of a turn: words, the same said to the person, icon, tone.
CAME_OF_IT: dict[str, tuple[str, str, str, str]] = {
    TurnState.CALLING: ("is being called", "are being called", "phone", "warn"),
    TurnState.ACKNOWLEDGED: ("has it", "have it", "user-check", "good"),
    TurnState.UNANSWERED: ("no answer", "did not answer", "clock-x", "bad"),
    TurnState.HANDED_ON: ("handed it on", "handed it on", "user-share", "quiet"),
    TurnState.RELIEVED: ("relieved", "were relieved", "user-check", "quiet"),
    TurnState.SETTLED: ("settled", "saw it settled", "circle-check", "quiet"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLine:
    """One person who was called, and what came of it."""

    name: str
    mine: bool
    at: dt.datetime
    why: str
    words: str
    words_of_mine: str
    icon: str
    tone: str
    # Whose matter it is now.
    live: bool
    handed_by: str
    answered_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """One page for one reader."""

    page: PageCall
    turns: Sequence[TurnLine]
    # Why this reader is called, or why anybody is.
    why: str
    holder: str
    calling: str
    mine: bool
    may_take: bool

    @property
    def before(self) -> list[TurnLine]:
        """Return everybody but those whose matter it is now, the latest first."""
        return [turn for turn in reversed(self.turns) if not turn.live]


def line(page: PageCall, *, reader: User) -> PageLine:
    """Return one page as this person reads it; its turns and their people are at hand."""
    turns = list(page.turns.all())
    holder, calling = _who(turns, TurnState.ACKNOWLEDGED), _who(turns, TurnState.CALLING)
    own = [turn for turn in turns if turn.person_id == reader.pk]
    live = [turn for turn in own if turn.state in LIVE_TURNS]
    return PageLine(
        page=page,
        turns=[_turn_line(turn, reader) for turn in turns],
        why=(live or own)[-1].why if own else page.why,
        holder=holder.person.display_name if holder else "",
        calling=calling.person.display_name if calling else "",
        mine=bool(live),
        may_take=page.is_open and _may_take(page, holder, calling, reader),
    )


def _may_take(
    page: PageCall, holder: PageTurn | None, calling: PageTurn | None, reader: User
) -> bool:
    if page.state != PageState.ACKNOWLEDGED or holder is None:
        return True
    return calling is not None and calling.person_id == reader.pk


def _who(turns: Sequence[PageTurn], state: TurnState) -> PageTurn | None:
    return next((turn for turn in turns if turn.state == state), None)


def _turn_line(turn: PageTurn, reader: User) -> TurnLine:
    words, words_of_mine, icon, tone = CAME_OF_IT[turn.state]
    return TurnLine(
        name=turn.person.display_name,
        mine=turn.person_id == reader.pk,
        at=turn.called_at,
        why=turn.why,
        words=words,
        words_of_mine=words_of_mine,
        icon=icon,
        tone=tone,
        live=turn.state in LIVE_TURNS,
        handed_by=turn.handed_by.display_name if turn.handed_by else "",
        answered_at=turn.acknowledged_at,
    )
