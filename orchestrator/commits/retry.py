"""What to do after a fault, by its class. Pure: the table is the policy."""

import datetime as dt
from dataclasses import dataclass

from orchestrator.connectors.errors import ErrorClass
from orchestrator.kernel.choices import Choices

# Salesforce has waited ten seconds for a locked row already: a second is the least that helps.
FIRST_DELAY = dt.timedelta(seconds=1)
LONGEST_DELAY = dt.timedelta(minutes=2)
MOST_DOUBLINGS = 10
# Random up to this share on top, so that what failed together does not come back together.
JITTER_SHARE = 0.5
# The fault concerns the org, not the commit: the org's gate says when it goes on.
CONCERNS_THE_ORG = frozenset({ErrorClass.AUTH, ErrorClass.QUOTA})


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
    *,
    error_class: ErrorClass,
    attempt: int,
    attempts_allowed: int,
    jitter: float,
    repeated: bool = False,
    paused: bool = False,
) -> NextStep:
    """
    Return what to do after try number `attempt` failed; `jitter` is random between 0 and 1.

    `repeated`: the try before this one ended with the same code. `paused`: the fault has paused
    writing to the whole org. Nothing here repeats a write whose outcome is unknown, or one that
    the CRM refused for good.
    """
    if error_class in CONCERNS_THE_ORG or (paused and error_class == ErrorClass.TRANSIENT):
        return NextStep(Step.PARK, counts=False)
    if error_class == ErrorClass.TRANSIENT:
        if attempt >= attempts_allowed:
            return NextStep(Step.FAIL)
        return NextStep(Step.AGAIN, _back_off(attempt, jitter))
    if error_class == ErrorClass.AGAIN_ONCE and not repeated and attempt < attempts_allowed:
        return NextStep(Step.AGAIN, _back_off(1, jitter))
    if error_class == ErrorClass.CONFLICT:
        # The record is read again first: what really moved goes to people from there.
        return NextStep(Step.COMPARE)
    if error_class == ErrorClass.UNKNOWN:
        return NextStep(Step.SETTLE)
    # Permission, validation and capacity stay as they are until a person does something.
    return NextStep(Step.FAIL)


def _back_off(attempt: int, jitter: float) -> dt.timedelta:
    doublings = min(max(attempt, 1) - 1, MOST_DOUBLINGS)
    delay = min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)
    return delay * (1 + JITTER_SHARE * jitter)
