"""What beat asks for; safe to run twice, and side by side."""

from celery import shared_task

from orchestrator.kernel import clock
from orchestrator.reconciliation import running, schedule


@shared_task
def reconcile() -> None:
    """Plan the daily runs, begin those that are due, and work on every run under way."""
    schedule.plan_ahead(at=clock.now())
    schedule.begin_due(at=clock.now())
    running.advance_due(at_clock=clock.now)
