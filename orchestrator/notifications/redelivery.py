"""One more try of a delivery that failed, because somebody of the staff asks for it."""

import datetime as dt

from django.db import transaction

from audit import ledger
from orchestrator.kernel.errors import DomainError
from orchestrator.notifications.models import Channel, Delivery
from orchestrator.notifications.permissions import check_staff
from orchestrator.notifications.states import DeliveryState, Purpose
from orchestrator.notifications.successors import joined_the_waiting
from orchestrator.notifications.waking import wake_on_commit
from orchestrator.people.models import User


class NothingToRetry(DomainError):
    """A delivery that has arrived, or has nothing left to say, is not sent again."""

    code, status, title = "nothing_to_retry", 409, "Nothing to send again"


@transaction.atomic
def retry_delivery(*, delivery_id: str, by: User, at: dt.datetime) -> None:
    """
    Queue a failed delivery again, under its old id.

    :raises NotAllowed: if the person is not staff
    :raises NothingToRetry: if it did not fail, is settled, or its channel is gone
    """
    check_staff(by)
    row = (
        Delivery.objects.select_related("channel", "notification")
        .select_for_update(of=("self",))
        .filter(pk=delivery_id)
        .first()
    )
    if row is None or row.state != DeliveryState.FAILED or row.channel.removed_at:
        raise NothingToRetry("Only what failed, on a channel that is still there, is sent again.")
    told = row.notification
    if told is not None and told.settled_at and row.purpose == Purpose.MESSAGE:
        raise NothingToRetry("The matter is settled: there is nothing left to say.")
    Channel.objects.filter(pk=row.channel_id).update(failures=0, parked_until=None)
    if not joined_the_waiting(row, at=at):
        row.move(
            DeliveryState.QUEUED, due_at=at, attempts=0, claimed_at=None, finished_at=None, error=""
        )
    ledger.record(
        event="delivery.retried",
        by=by.actor,
        at=at,
        subject_kind="delivery",
        subject_id=row.pk,
        detail={"channel": row.channel_id},
    )
    wake_on_commit()
