"""The states of pages and of the turns in them, and the moves between them."""

from orchestrator.kernel.choices import Choices


class PageState(Choices):
    # Somebody is being called and has not answered.
    CALLED = "called"
    ACKNOWLEDGED = "acknowledged"
    # Everybody was called and nobody answered; still open, and red.
    EXHAUSTED = "exhausted"
    RESOLVED = "resolved"


S = PageState
PAGE_MOVES: dict[PageState, frozenset[PageState]] = {
    S.CALLED: frozenset({S.ACKNOWLEDGED, S.EXHAUSTED, S.RESOLVED}),
    # Back to called: handed on, and the next one has not answered yet.
    S.ACKNOWLEDGED: frozenset({S.CALLED, S.RESOLVED}),
    S.EXHAUSTED: frozenset({S.CALLED, S.ACKNOWLEDGED, S.RESOLVED}),
    S.RESOLVED: frozenset(),
}
OPEN_PAGES = frozenset(state for state, onward in PAGE_MOVES.items() if onward)


class TurnState(Choices):
    CALLING = "calling"
    ACKNOWLEDGED = "acknowledged"
    # The time to answer passed, or the matter became more urgent: somebody else was called.
    UNANSWERED = "unanswered"
    HANDED_ON = "handed_on"
    # Somebody else took it over.
    RELIEVED = "relieved"
    SETTLED = "settled"


T = TurnState
TURN_MOVES: dict[TurnState, frozenset[TurnState]] = {
    T.CALLING: frozenset({T.ACKNOWLEDGED, T.UNANSWERED, T.HANDED_ON, T.RELIEVED, T.SETTLED}),
    T.ACKNOWLEDGED: frozenset({T.HANDED_ON, T.RELIEVED, T.SETTLED}),
    # An answer that comes late still counts, as long as nobody else answered.
    T.UNANSWERED: frozenset({T.ACKNOWLEDGED}),
    T.HANDED_ON: frozenset(),
    T.RELIEVED: frozenset(),
    T.SETTLED: frozenset(),
}
# Whose matter it is at this moment.
LIVE_TURNS = frozenset({T.CALLING, T.ACKNOWLEDGED})
