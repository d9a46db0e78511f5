"""What beat runs for rollbacks; safe to run twice."""

from celery import shared_task

from orchestrator.commits import reversals
from orchestrator.kernel import clock


@shared_task
def drop_dead() -> None:
    """Let commits go whose rollback was denied, withdrawn or expired."""
    reversals.drop_dead(at=clock.now())
