"""What to do after a fault, by its class. Pure: the table is the policy."""

import datetime as dt
from dataclasses import dataclass

from orchestrator.connectors.errors import ErrorClass
from orchestrator.kernel.choices import Choices

FIRST_DELAY = dt.timedelta(seconds=1)
LONGEST_DELAY = dt.timedelta(minutes=2)
MOST_DOUBLINGS = 10
QUOTA_DELAY = dt.timedelta(minutes=15)
# Random up to this share on top, so that what failed together does not come back together.
JITTER_SHARE = 0.5


class Step(Choices):
    """What happens next to a commit whose write did not succeed."""

    AGAIN = "again"
    PARK = "park"
    COMPARE = "compare"
    SETTLE = "settle"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step, how long to wait before it, and whether the try counts."""

    step: Step
    delay: dt.timedelta = dt.timedelta()
    counts: bool = True


def next_step(
    *, error_class: ErrorClass, attempt: int, attempts_allowed: int, jitter: float
) -> NextStep:
    """
    Return what to do after try number `attempt` failed; `jitter` is random between 0 and 1.

    Nothing here repeats a write whose outcome is unknown, or one that the CRM refused for good.
    """
    if error_class == ErrorClass.TRANSIENT:
        if attempt >= attempts_allowed:
            return NextStep(Step.FAIL)
        return NextStep(Step.AGAIN, _back_off(attempt, jitter))
    if error_class == ErrorClass.QUOTA:
        return NextStep(Step.PARK, QUOTA_DELAY * (1 + JITTER_SHARE * jitter), counts=False)
    if error_class == ErrorClass.CONFLICT:
        # The record is read again first: what really moved goes to people from there.
        return NextStep(Step.COMPARE)
    if error_class == ErrorClass.UNKNOWN:
        return NextStep(Step.SETTLE)
    # A sign-in that failed was already repeated once; permission and validation stay as they are.
    return NextStep(Step.FAIL)


def _back_off(attempt: int, jitter: float) -> dt.timedelta:
    doublings = min(max(attempt, 1) - 1, MOST_DOUBLINGS)
    delay = min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)
    return delay * (1 + JITTER_SHARE * jitter)
