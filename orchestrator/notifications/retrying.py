"""When a failed delivery is tried again, and when another channel takes over; pure."""

import datetime as dt

from orchestrator.notifications.messages import Urgency

# Attempts before another channel takes over, and the first pause in seconds: it doubles.
PLAN = {
    Urgency.PAGE: (2, 5.0),
    Urgency.HIGH: (3, 10.0),
    Urgency.NORMAL: (4, 30.0),
    Urgency.LOW: (5, 60.0),
}
# What has no other channel is tried a little longer.
ATTEMPTS_ON_THE_LAST = 6
LONGEST_PAUSE = 1800.0
# A channel that fails this often in a row is left alone for a while.
FAULTS_BEFORE_PARKING = 3
FIRST_PARKING, LONGEST_PARKING = 30.0, 900.0


def pause_after(
    attempts: int, *, urgency: str, is_last: bool, chance: float
) -> dt.timedelta | None:
    """
    Return how long to wait after this many failed attempts, or nothing when they are used up.

    `chance`, from 0 to 1, spreads what failed together over the second half of the pause.
    """
    most, first = PLAN[Urgency(urgency)]
    if attempts >= (max(most, ATTEMPTS_ON_THE_LAST) if is_last else most):
        return None
    pause = min(first * 2 ** (attempts - 1), LONGEST_PAUSE)
    return dt.timedelta(seconds=pause * (0.5 + chance / 2))


def parking_after(failures: int) -> dt.timedelta | None:
    """Return how long a channel is left alone after failing this often in a row."""
    if failures < FAULTS_BEFORE_PARKING:
        return None
    seconds = min(FIRST_PARKING * 2.0 ** (failures - FAULTS_BEFORE_PARKING), LONGEST_PARKING)
    return dt.timedelta(seconds=seconds)
