"""What the metrics page tells of the gates of orgs: one query, a line for each org that has one."""

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily

from orchestrator.commits.breaker import Breaker, Cause
from orchestrator.commits.gate import Gate
from orchestrator.commits.gate_lines import all_gates

NUMBERS = {Breaker.CLOSED: 0, Breaker.HALF_OPEN: 1, Breaker.OPEN: 2}
METRICS: dict[str, tuple[str, Callable[[Gate], float | None]]] = {
    "countersign_org_breaker": (
        "The circuit breaker of an org: 0 closed, 1 half-open, 2 open",
        lambda gate: NUMBERS[Breaker(gate.state)],
    ),
    "countersign_org_parked": (
        "Whether writing to an org waits for its daily allowance of calls",
        lambda gate: int(gate.cause == Cause.BUDGET),
    ),
    "countersign_org_calls_share": (
        "The used share of an org's daily allowance of calls, as it last told",
        lambda gate: gate.share,
    ),
    "countersign_org_pace": (
        "How many changes may share one call to an org",
        lambda gate: gate.pace,
    ),
}


def families() -> Iterator[GaugeMetricFamily]:
    """Yield every metric of the gates."""
    gates = all_gates()
    for name, (words, measure) in METRICS.items():
        family = GaugeMetricFamily(name, words, labels=["org"])
        for gate in gates:
            value = measure(gate)
            if value is not None:
                family.add_metric([gate.org.slug], value)
        yield family
