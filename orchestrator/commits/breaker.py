"""
The circuit breaker of an org: its states, its moves, what opens it, and how long it waits. Pure.

Closed: commits are claimed. Open: none is, until a probe is due. Half-open: one worker probes.
"""

import datetime as dt

from orchestrator.connectors.errors import ErrorClass
from orchestrator.kernel.choices import Choices

FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(minutes=15)
# The allowance is counted over the last 24 hours: a part of it comes free with every hour.
BUDGET_PAUSE = dt.timedelta(minutes=15)
MOST_DOUBLINGS = 10
# Random up to this share on top: orgs that failed together are not probed together.
JITTER_SHARE = 0.2


class Breaker(Choices):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


B = Breaker
BREAKER_MOVES: dict[Breaker, frozenset[Breaker]] = {
    B.CLOSED: frozenset({B.OPEN}),
    B.OPEN: frozenset({B.HALF_OPEN}),
    B.HALF_OPEN: frozenset({B.CLOSED, B.OPEN}),
}


class Cause(Choices):
    """Why writing to an org is paused."""

    SIGN_IN = "sign_in"
    FAULTS = "faults"
    BUDGET = "budget"


# A fault of a whole call that says all there is to know: the next call would meet it too.
AT_ONCE: dict[ErrorClass, Cause] = {
    ErrorClass.AUTH: Cause.SIGN_IN,
    ErrorClass.QUOTA: Cause.BUDGET,
}
# A fault of a whole call that may pass: only a row of them says that the org is in trouble.
IN_A_ROW = frozenset({ErrorClass.TRANSIENT, ErrorClass.UNKNOWN})
CLASSES: dict[Cause, ErrorClass] = {
    Cause.SIGN_IN: ErrorClass.AUTH,
    Cause.FAULTS: ErrorClass.TRANSIENT,
    Cause.BUDGET: ErrorClass.QUOTA,
}
WORDS: dict[Cause, str] = {
    Cause.SIGN_IN: "the CRM refuses our sign-in",
    Cause.FAULTS: "the CRM does not answer as it should",
    Cause.BUDGET: "our share of the CRM's daily allowance of calls is used up",
}


def cause_of(error_class: ErrorClass) -> Cause:
    """Return why a probe that met this fault keeps the org paused."""
    return AT_ONCE.get(error_class, Cause.FAULTS)


def pause(*, cause: Cause, openings: int, jitter: float) -> dt.timedelta:
    """
    Return how long to wait before the next probe; `jitter` is random between 0 and 1.

    `openings` is how often in a row the breaker has opened, this time included.
    """
    if cause == Cause.BUDGET:
        return BUDGET_PAUSE * (1 + JITTER_SHARE * jitter)
    doublings = min(max(openings, 1) - 1, MOST_DOUBLINGS)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE) * (1 + JITTER_SHARE * jitter)
