"""The tick: each task fetches the time and calls; the rows say what is due."""

from celery import shared_task

from orchestrator.kernel import clock
from orchestrator.timers import firing, retention


@shared_task(name="orchestrator.timers.tasks.tick")
def tick() -> None:
    """Fire what is due."""
    firing.fire_due(at_clock=clock.now)


@shared_task(name="orchestrator.timers.tasks.purge")
def purge() -> None:
    """Delete what has been over for long."""
    retention.purge(at=clock.now())
