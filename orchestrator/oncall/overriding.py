"""Overrides: somebody is on call instead of whoever would be."""

import datetime as dt

from django.db import IntegrityError, transaction

from orchestrator.kernel.errors import DomainError, NotAllowed
from orchestrator.oncall import telling
from orchestrator.oncall.editing import check_people, ledger_record, lock
from orchestrator.oncall.models import Override, Schedule
from orchestrator.oncall.permissions import check_may_override, may_edit
from orchestrator.people.models import User

LONGEST = dt.timedelta(days=60)
FURTHEST = dt.timedelta(days=366)


class OverridesOverlap(DomainError):
    """Somebody has taken some of this time already."""

    code, status, title = "overrides_overlap", 409, "There is an override already"


class NotATime(DomainError):
    """The time is over, runs backwards, or is out of bounds."""

    code, status, title = "not_a_time", 422, "Choose another time"


class OverrideOver(DomainError):
    """There is nothing left to take back."""

    code, status, title = "override_over", 409, "The override is over"


@transaction.atomic
def override(
    *,
    schedule: Schedule,
    person: User,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str,
    by: User,
    at: dt.datetime,
) -> Override:
    """
    Put somebody on call for a time, from now at the earliest: what was, stays as it was.

    :raises NotAllowed: if `by` puts somebody else on call and may not edit schedules
    :raises NotInTheRole: if the person is not an active member of the role
    :raises NotATime: if the time is over, runs backwards or is too long or too far away
    :raises OverridesOverlap: if another override has some of the time
    """
    locked = lock(schedule)
    check_may_override(by, person=person, schedule=locked)
    check_people(locked, [person])
    starts_at = max(starts_at, at)
    _check_time(starts_at, ends_at, at)
    row = Override(
        schedule=locked,
        person=person,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        made_by=by,
        made_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "overrides_of_a_schedule_do_not_overlap" not in str(error):
            raise
        raise OverridesOverlap(
            "Another override has some of this time. Take that one back first."
        ) from error
    ledger_record(locked, "oncall.override_made", {**_shift(row), "reason": reason}, by, at)
    telling.tell_of_override(row, by=by, at=at)
    return row


@transaction.atomic
def withdraw(*, override: Override, by: User, at: dt.datetime) -> None:
    """
    Take an override back; one that has begun ends now.

    :raises NotAllowed: if it is not theirs, they did not make it, and they may not edit schedules
    :raises OverrideOver: if it is over or was taken back
    """
    locked = lock(override.schedule)
    if by.pk not in (override.person_id, override.made_by_id) and not may_edit(by):
        raise NotAllowed("Only whoever has it or made it, or an ops owner, takes it back.")
    rows = Override.objects.filter(pk=override.pk, withdrawn_at=None, ends_at__gt=at)
    begun = rows.filter(starts_at__lt=at).update(ends_at=at)
    if not begun and not rows.update(withdrawn_at=at):
        raise OverrideOver("It is over, or somebody took it back before you.")
    ledger_record(locked, "oncall.override_withdrawn", _shift(override), by, at)


def _check_time(starts_at: dt.datetime, ends_at: dt.datetime, at: dt.datetime) -> None:
    if ends_at <= starts_at:
        raise NotATime("The end must be after the start, and still to come.")
    if ends_at - starts_at > LONGEST:
        raise NotATime(f"At most {LONGEST.days} days; change the rotation instead.")
    if starts_at > at + FURTHEST:
        raise NotATime("That is more than a year away.")


def _shift(row: Override) -> dict[str, object]:
    return {
        "person": row.person.username,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
    }
