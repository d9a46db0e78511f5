"""Background work: send what is due, forget what is long over."""

from celery import shared_task

from orchestrator.kernel import clock, wakeups
from orchestrator.webhooks import delivering, retention
from orchestrator.webhooks.enqueueing import DELIVER


@shared_task
def deliver() -> None:
    """Send the messages that are due."""
    wakeups.answered(DELIVER)
    delivering.deliver_due(at_clock=clock.now)


@shared_task
def forget() -> None:
    """Delete what has come through or was given up long ago."""
    retention.forget_old(at=clock.now())


def send_deliver() -> None:
    """Wake one worker; a broker that is down is not asked twice."""
    deliver.apply_async(retry=False)
