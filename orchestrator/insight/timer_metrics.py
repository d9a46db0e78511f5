"""What the metrics page tells of timers: what is open, due, late and stuck, in one query."""

import datetime as dt
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily

from orchestrator.timers import handlers, queries


def families(at: dt.datetime) -> Iterator[GaugeMetricFamily]:
    """Yield every metric of the timers."""
    standing = queries.standing(kinds=handlers.kinds(), at=at)
    family = GaugeMetricFamily(
        "countersign_timers",
        f"Timers by state: open (estimated beyond {queries.CAP}), due and stuck (up to it)",
        labels=["state"],
    )
    for state, count in (
        ("open", standing.open),
        ("due", standing.due),
        ("stuck", standing.stuck),
    ):
        family.add_metric([state], count)
    yield family
    yield GaugeMetricFamily(
        "countersign_timers_late_seconds",
        "How long the oldest due timer has waited for a tick",
        value=standing.late.total_seconds(),
    )
