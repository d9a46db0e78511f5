"""What beat asks of the auditor; safe to run twice, and side by side."""

from celery import shared_task

from orchestrator.assurance import rounds
from orchestrator.kernel import clock


@shared_task
def look() -> None:
    """Look at everything that must have a next step."""
    rounds.run(at_clock=clock.now)


@shared_task
def forget() -> None:
    """Delete old looks."""
    rounds.forget(at=clock.now())
