"""The parts that nobody looks at: do they live?"""

import datetime as dt

from orchestrator.assurance.checks.irregular import Irregularity
from orchestrator.commits import pulses
from orchestrator.kernel import clock


def silent_parts(at: dt.datetime) -> list[Irregularity]:
    """Return the queues whose workers show no sign of life."""
    seen = pulses.last_seen()
    return [
        Irregularity(
            "queue", silence.part, f"{silence.words}: no sign of life from its workers.", ""
        )
        for silence in pulses.silences(seen, started_at=clock.PROCESS_STARTED_AT, at=at)
    ]
