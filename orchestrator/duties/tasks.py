"""What beat asks for; safe to run twice, and side by side."""

from celery import shared_task

from orchestrator.duties import opening, settling, standing
from orchestrator.kernel import clock


@shared_task
def keep_duties() -> None:
    """Give new workflows their duties, open what has come round, close what was taken away."""
    standing.ensure_duties(at=clock.now())
    opening.open_due(at=clock.now())
    settling.settle_gone(at=clock.now())
