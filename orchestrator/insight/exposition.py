"""Prometheus metrics, made of cheap reads: ages and capped counts, never a count over a backlog."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection
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
COUNTS = """
SELECT
  (SELECT count(*) FROM (
    SELECT FROM commits_commit WHERE state = 'claimed' LIMIT %(cap)s) AS claimed),
  (SELECT count(*) FROM (
    SELECT FROM commits_commit WHERE state = 'failed' LIMIT %(cap)s) AS failed),
  (SELECT count(*) FROM (
    SELECT FROM commits_commit WHERE state = 'unknown' LIMIT %(cap)s) AS unknown),
  (SELECT count(*) FROM (
    SELECT FROM commits_deadletter WHERE closed_at IS NULL LIMIT %(cap)s) AS waiting),
  (SELECT count(*) FROM (
    SELECT FROM commits_deadletter WHERE closed_at IS NULL AND escalated_at IS NOT NULL
    LIMIT %(cap)s) AS escalated),
  (SELECT json_object_agg(slug, number) FROM (
    SELECT w.slug, count(*) AS number
    FROM approvals_override o JOIN workflows_workflow w ON w.id = o.workflow_id
    WHERE o.settles AND o.at >= %(since)s GROUP BY w.slug) AS overridden),
  (SELECT count(*) FROM (
    SELECT FROM approvals_bulkitem i JOIN approvals_bulkdecision b ON b.id = i.bulk_id
    WHERE b.state = 'running' AND i.state = 'waiting' LIMIT %(cap)s) AS bulk_items),
  (SELECT count(*) FROM (
    SELECT FROM approvals_pace WHERE too_fast AND at >= %(since)s LIMIT %(cap)s) AS too_soon)
"""
OVERRIDES_WITHIN = dt.timedelta(days=30)


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
        yield from self._commits_and_letters()
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

    def _commits_and_letters(self) -> Iterator[GaugeMetricFamily]:
        """Yield what is in flight and what waits for a person, in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(COUNTS, {"cap": CAP, "since": self.at - OVERRIDES_WITHIN})
            claimed, failed, unknown, waiting, escalated, overridden, *at_once = cursor.fetchone()
        commits = GaugeMetricFamily(
            "countersign_commits", f"Commits by state, counted up to {CAP}", labels=["state"]
        )
        commits.add_metric([CommitState.CLAIMED.value], claimed)
        commits.add_metric([CommitState.FAILED.value], failed)
        commits.add_metric([CommitState.UNKNOWN.value], unknown)
        yield commits
        letters = GaugeMetricFamily(
            "countersign_dead_letters",
            f"Failures that wait for a person, and those of them escalated, up to {CAP}",
            labels=["state"],
        )
        letters.add_metric(["open"], waiting)
        letters.add_metric(["escalated"], escalated)
        yield letters
        overrides = GaugeMetricFamily(
            "countersign_overrides",
            "Stages decided in a role's place in the last 30 days",
            labels=["workflow"],
        )
        for slug, number in (overridden or {}).items():
            overrides.add_metric([slug], number)
        yield overrides
        bulk, hasty = at_once
        words = f"Items of running bulk decisions that wait for their turn, up to {CAP}"
        yield _gauge("countersign_bulk_items_waiting", words, bulk)
        words = f"Approvals of the last 30 days that came too soon, up to {CAP}"
        yield _gauge("countersign_hasty_approvals", words, hasty)

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
