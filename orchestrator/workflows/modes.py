"""The three modes of a workflow and the way between them."""

from orchestrator.kernel.choices import Choices


class Mode(Choices):
    OBSERVE = "observe"
    PROPOSE = "propose"
    EXECUTE = "execute"


LADDER = (Mode.OBSERVE, Mode.PROPOSE, Mode.EXECUTE)


def is_down(*, left: Mode, to: Mode) -> bool:
    """Say whether the move takes freedom away from agents."""
    return LADDER.index(to) < LADDER.index(left)
