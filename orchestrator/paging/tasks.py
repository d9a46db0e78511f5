"""What beat asks for; safe to run twice, and side by side."""

from celery import shared_task

from orchestrator.kernel import clock
from orchestrator.paging import moving


@shared_task
def move_on() -> None:
    """Call somebody else wherever whoever was called has left or gone away."""
    moving.move_on(at=clock.now())
