"""The worker: claims what is due, lets it leave outside of any transaction, records the answer."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings

from orchestrator.notifications import claiming, recording
from orchestrator.notifications.lanes import Lanes

# Then the next sweep goes on: other work of the queue has its turn.
LONGEST_RUN = dt.timedelta(seconds=10)


def deliver_due(*, at_clock: Callable[[], dt.datetime]) -> int:
    """Send everything that is due and return how many attempts were made."""
    started = at_clock()
    recording.take_back_lost(at=started)
    recording.pass_by_parked(at=started)
    attempts = 0
    with Lanes(settings.COUNTERSIGN["notify_threads"]) as lanes:
        while True:
            at = at_clock()
            if lanes.room and at - started < LONGEST_RUN:
                lanes.start(claiming.claim(at=at, without=lanes.busy, channels=lanes.room))
            results = lanes.results()
            if results:
                recording.record(results, at=at_clock())
                attempts += sum(receipt is not None for _, receipt in results)
            elif not lanes.under_way:
                return attempts
