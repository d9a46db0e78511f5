"""The worker: what is due goes out side by side, and every result is stored as it comes."""

import logging
import time

from orchestrator.kernel import faultpoints
from orchestrator.webhooks import claiming, recording
from orchestrator.webhooks.enqueueing import wake
from orchestrator.webhooks.lanes import Lanes
from orchestrator.webhooks.sending import TIMEOUT_SECONDS, Clock

# After so long a run takes up nothing new: others of its queue want a turn.
LONGEST_RUN_SECONDS = 5.0
LOOK_SECONDS = 0.1
logger = logging.getLogger(__name__)


def deliver_due(*, at_clock: Clock, timeout: float = TIMEOUT_SECONDS) -> int:
    """Send what is due for some seconds; return how many messages were tried."""
    claiming.release_stale(at=at_clock())
    until = time.monotonic() + LONGEST_RUN_SECONDS
    tried = 0
    with Lanes(clock=at_clock, timeout=timeout) as lanes:
        while True:
            in_time = time.monotonic() < until
            if in_time and lanes.room:
                claimed = claiming.claim(room=lanes.room, at=at_clock())
                faultpoints.reach("webhook_claimed")
                lanes.start(claimed)
            if not lanes.busy:
                break
            tried += _store(lanes, at_clock)
    if not in_time:
        wake()
    return tried


def _store(lanes: Lanes, at_clock: Clock) -> int:
    """Store what has come out of the lanes, if anything has."""
    results = lanes.finished(wait=LOOK_SECONDS)
    if results:
        recording.record(results, at=at_clock())
    return sum(1 for each in results if each.reply is not None)
