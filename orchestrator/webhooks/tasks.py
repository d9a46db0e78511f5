"""Background work: send what is due."""

from celery import shared_task

from orchestrator.kernel import clock, wakeups
from orchestrator.webhooks import delivering
from orchestrator.webhooks.enqueueing import DELIVER


@shared_task
def deliver() -> None:
    """Send the messages that are due."""
    wakeups.answered(DELIVER)
    delivering.deliver_due(at_clock=clock.now)


def send_deliver() -> None:
    """Wake one worker; a broker that is down is not asked twice."""
    deliver.apply_async(retry=False)
