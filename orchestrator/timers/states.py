"""The states of a timer and the moves between them."""

from orchestrator.kernel.choices import Choices


class TimerState(Choices):
    OPEN = "open"
    FIRED = "fired"
    # Missed while nothing ran, and left out because a later step of its subject was due too.
    COLLAPSED = "collapsed"
    CANCELLED = "cancelled"
    # Its handler failed too often: it waits for a person, and is never dropped.
    STUCK = "stuck"


T = TimerState
TIMER_MOVES: dict[TimerState, frozenset[TimerState]] = {
    T.OPEN: frozenset({T.FIRED, T.COLLAPSED, T.CANCELLED, T.STUCK}),
    T.STUCK: frozenset({T.OPEN, T.CANCELLED}),
    # By its handler, where the matter turns out to be over.
    T.FIRED: frozenset({T.CANCELLED}),
    T.COLLAPSED: frozenset(),
    T.CANCELLED: frozenset(),
}
# Over: kept for a while so that lateness can be looked at, then deleted.
ENDED = frozenset({T.FIRED, T.COLLAPSED, T.CANCELLED})
