"""The states of an observation, and what it can show."""

from orchestrator.kernel.choices import Choices


class ObservationState(Choices):
    WATCHING = "watching"
    SCORED = "scored"


OBSERVATION_MOVES: dict[ObservationState, frozenset[ObservationState]] = {
    ObservationState.WATCHING: frozenset({ObservationState.SCORED}),
    ObservationState.SCORED: frozenset(),
}


class Result(Choices):
    """What people did, against what was proposed; partly is for whole proposals only."""

    AGREED = "agreed"
    PARTLY = "partly"
    DIFFERED = "differed"
    UNTOUCHED = "untouched"
    GONE = "gone"
    ALREADY_SO = "already_so"
    NOT_COMPARABLE = "not_comparable"


# What the agreement rate is made of: somebody did something that can be compared.
COMPARED = (Result.AGREED, Result.PARTLY, Result.DIFFERED)
