"""What workers and beat run; safe to run twice, and side by side."""

from celery import shared_task

from orchestrator.kernel import clock, wakeups
from orchestrator.notifications import delivery, retention
from orchestrator.notifications.waking import DELIVER


@shared_task
def deliver() -> None:
    """Send what is due."""
    wakeups.answered(DELIVER)
    delivery.deliver_due(at_clock=clock.now)


@shared_task
def forget() -> None:
    """Delete what was read or finished long ago."""
    retention.forget_old(at=clock.now())


def send_deliver() -> None:
    """Send the wake-up of the worker; a broker that is down is not waited for."""
    deliver.apply_async(retry=False)
