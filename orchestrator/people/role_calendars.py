"""Which calendar the people of a role work by."""

import datetime as dt

from django.db import transaction

from audit import ledger
from orchestrator.calendars.models import Calendar
from orchestrator.kernel.actors import Actor
from orchestrator.people.models import Role


@transaction.atomic
def set_calendar(*, role: Role, calendar: Calendar | None, by: Actor, at: dt.datetime) -> bool:
    """
    Let a role work by a calendar, or by that of each workflow; say whether that changed anything.

    It counts for stages that open from now on; what is due already stays due when it was.
    """
    locked = Role.objects.select_for_update(of=("self",)).select_related("calendar").get(pk=role.pk)
    before = locked.calendar
    if before == calendar:
        return False
    locked.calendar = calendar
    locked.save(update_fields=["calendar"])
    ledger.record(
        event="role.calendar_set",
        by=by,
        at=at,
        subject_kind="role",
        subject_id=role.slug,
        detail={
            "calendar": calendar.slug if calendar else "",
            "before": before.slug if before else "",
        },
    )
    return True
