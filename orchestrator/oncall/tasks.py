"""What beat asks for; safe to run twice, and side by side."""

from celery import shared_task

from orchestrator.kernel import clock
from orchestrator.oncall import feeds, swapping, watching


@shared_task
def expire_swaps() -> None:
    """Let swaps expire that nobody answered in time."""
    swapping.expire_due(at=clock.now())


@shared_task
def read_feeds() -> None:
    """Read every calendar again that is due."""
    feeds.refresh_due(at_clock=clock.now)


@shared_task
def announce_gaps() -> None:
    """Tell of gaps in schedules before they are missed."""
    watching.announce_gaps(at=clock.now())
