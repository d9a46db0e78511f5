"""Background work: each task fetches the time and calls; the rows say what is due."""

from typing import Any

from celery import shared_task

from approvals import bulk_casting, bulk_decisions, expiry, preparation, rerouting, sla_breaches
from approvals.announcing import endpoints, rounds
from approvals.announcing.wake import ANNOUNCE
from approvals.revisions import PREPARE
from orchestrator.kernel import clock, wakeups
from orchestrator.people import absence_notices


@shared_task(name="approvals.tasks.prepare")
def prepare(**unused: Any) -> None:
    """Prepare everything that is due."""
    wakeups.answered(PREPARE)
    while preparation.prepare_due(at=clock.now()) == preparation.BATCH:
        continue


@shared_task(name="approvals.tasks.expire")
def expire(**unused: Any) -> None:
    """Expire what has run out of time."""
    expiry.expire_due(at=clock.now())


@shared_task(name="approvals.tasks.record_breaches")
def record_breaches(**unused: Any) -> None:
    """Record what was not decided in time."""
    sla_breaches.record_breaches(at=clock.now())


@shared_task(name="approvals.tasks.announce")
def announce() -> None:
    """Announce every outcome that is due, and tell owners of trouble with webhooks."""
    wakeups.answered(ANNOUNCE)
    # Each round takes one outcome a proposal: what came right behind it is told as well.
    while rounds.announce_due(at=clock.now()):
        continue
    endpoints.tell_owners(at=clock.now())


@shared_task(name="approvals.tasks.follow_absences")
def follow_absences(**unused: Any) -> None:
    """Remind of absences that begin and end, and look after what nobody can decide any more."""
    at = clock.now()
    absence_notices.remind_due(at=at)
    rerouting.reroute_due(at=at)


@shared_task(name="approvals.tasks.decide_bulk")
def decide_bulk() -> None:
    """Cast the votes of bulk decisions that wait."""
    wakeups.answered(bulk_decisions.DECIDE)
    bulk_casting.run_due(at_clock=clock.now)


def send_announce() -> None:
    """Wake one worker that announces; a broker that is down is not asked twice."""
    announce.apply_async(retry=False)


def send_decide_bulk() -> None:
    """Wake one worker for bulk decisions; a broker that is down is not asked twice."""
    decide_bulk.apply_async(retry=False)


def send_prepare() -> None:
    """Wake one preparation; a broker that is down is not asked twice."""
    prepare.apply_async(retry=False)
