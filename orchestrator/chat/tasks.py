"""What beat asks for; safe to run twice, and side by side."""

from celery import shared_task

from orchestrator.chat import offering
from orchestrator.kernel import clock


@shared_task
def offer() -> None:
    """Put cards into Slack, and end those that are over."""
    offering.run(at_clock=clock.now)
