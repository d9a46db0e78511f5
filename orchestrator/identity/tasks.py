"""What has to be done about sessions from time to time."""

from celery import shared_task

from orchestrator.identity import retention
from orchestrator.kernel import clock


@shared_task(name="orchestrator.identity.tasks.forget")
def forget() -> None:
    """Forget sessions that are over."""
    retention.forget(at=clock.now())
