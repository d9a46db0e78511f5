"""What beat asks for; safe to run twice, and side by side."""

from celery import shared_task

from orchestrator.kernel import clock
from orchestrator.observation import enrolment, looking


@shared_task
def observe() -> None:
    """Begin to watch what was only observed, and look at everything that is due."""
    enrolment.enrol(at=clock.now())
    looking.look_due(at=clock.now())
