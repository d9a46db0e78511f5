"""Prometheus metrics, made of cheap reads: ages and capped counts, never a count over a backlog."""

import datetime as dt
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from approvals.models import Proposal, Review
from approvals.states import ReviewState
from orchestrator.commits.models import Commit, DeadLetter, Halt, Pulse
from orchestrator.commits.states import CommitState, HaltState
from orchestrator.insight import delivery_metrics, gate_metrics, page_metrics, timer_metrics
from orchestrator.kernel import clock

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# A count stops here: more is as bad, and costs no more to find out.
CAP = 1000
OPEN_LETTERS = DeadLetter.objects.filter(closed_at__isnull=True)


class Collector:
    """What the metrics page tells, at one moment."""

    def __init__(self, at: dt.datetime) -> None:
        """Keep the moment that every age refers to."""
        self.at = at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every metric."""
        yield self._age(
            "countersign_preparation_oldest_seconds",
            "How long the oldest proposal has waited to be prepared",
            Proposal.objects.filter(prepare_at__isnull=False)
            .order_by("prepare_at")
            .values_list("prepare_at", flat=True)
            .first(),
        )
        yield self._age(
            "countersign_commit_queue_oldest_seconds",
            "How long the oldest approved commit has been due",
            Commit.objects.filter(state=CommitState.QUEUED)
            .order_by("due_at")
            .values_list("due_at", flat=True)
            .first(),
        )
        yield self._age(
            "countersign_review_overdue_seconds",
            "How long the most overdue open review has been due",
            Review.objects.filter(state=ReviewState.OPEN)
            .order_by("due_at")
            .values_list("due_at", flat=True)
            .first(),
        )
        yield self._commits()
        yield self._letters()
        yield self._age(
            "countersign_dead_letter_oldest_seconds",
            "How long the oldest failure has waited for a person",
            OPEN_LETTERS.order_by("opened_at").values_list("opened_at", flat=True).first(),
        )
        halts = Halt.objects.exclude(state=HaltState.RELEASED).count()
        yield _gauge("countersign_halts", "Kill switches that are pulled", halts)
        yield from gate_metrics.families()
        yield from timer_metrics.families(self.at)
        yield from delivery_metrics.families(self.at)
        yield from page_metrics.families(self.at)
        yield self._pulses()

    def _age(self, name: str, words: str, moment: dt.datetime | None) -> GaugeMetricFamily:
        age = max((self.at - moment).total_seconds(), 0) if moment else 0
        return _gauge(name, words, age)

    def _commits(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "countersign_commits", f"Commits by state, counted up to {CAP}", labels=["state"]
        )
        for state in (CommitState.CLAIMED, CommitState.FAILED, CommitState.UNKNOWN):
            rows = Commit.objects.filter(state=state)[:CAP]
            family.add_metric([state.value], rows.count())
        return family

    def _letters(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "countersign_dead_letters",
            f"Failures that wait for a person, and those of them escalated, up to {CAP}",
            labels=["state"],
        )
        escalated = OPEN_LETTERS.filter(escalated_at__isnull=False)
        for state, rows in (("open", OPEN_LETTERS), ("escalated", escalated)):
            family.add_metric([state], rows[:CAP].count())
        return family

    def _pulses(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "countersign_pulse_age_seconds",
            "How long ago a part of the system showed that it lives",
            labels=["part"],
        )
        for pulse in Pulse.objects.all():
            family.add_metric([pulse.part], (self.at - pulse.at).total_seconds())
        return family


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the metrics."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector(clock.now()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE)
