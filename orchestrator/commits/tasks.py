"""What workers and beat run; each is one call, and every one of them is safe to run twice."""

from celery import shared_task

from orchestrator.commits import (
    engine,
    escalation,
    failure_calls,
    fence,
    halt_calls,
    pause_notices,
    probing,
    pulses,
    settlement,
    unread,
    waking,
)
from orchestrator.commits.queries import orgs_with_work
from orchestrator.kernel import clock


@shared_task
def drain(org_id: int) -> None:
    """Commit what is due in one org."""
    waking.answered(org_id)
    engine.drain(org_id=org_id, at_clock=clock.now)


@shared_task
def drain_all() -> None:
    """Wake the drain of every org that has work: what a lost wake-up left behind."""
    at = clock.now()
    for org_id in {*orgs_with_work(at=at), *probing.orgs_to_probe(at=at)}:
        waking.wake(org_id)


@shared_task
def settle() -> None:
    """Settle what dead workers left in flight."""
    settlement.settle_stale(at=clock.now())


@shared_task
def confirm_halts() -> None:
    """Go on confirming halts that were still waiting for writes in flight."""
    fence.confirm_all(at=clock.now())


@shared_task
def watch_unread() -> None:
    """Show what is written and waits long to be read back."""
    unread.watch(at=clock.now())


@shared_task
def escalate_overdue() -> None:
    """Escalate the failures that nobody dealt with in time."""
    escalation.escalate_overdue(at=clock.now())


@shared_task
def call_people() -> None:
    """Call about halts and tell of pauses; end what is over, and what was dealt with."""
    at = clock.now()
    halt_calls.call(at=at)
    pause_notices.tell(at=at)
    failure_calls.settle(at=at)


@shared_task
def pulse(part: str) -> None:
    """Say that beat and the workers of a queue live."""
    pulses.beat(part=part, at=clock.now())


def send_drain(org_id: int) -> None:
    """Send the wake-up of one org's drain; a broker that is down is not waited for."""
    drain.apply_async(kwargs={"org_id": org_id}, retry=False)
