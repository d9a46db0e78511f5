"""Opening rounds that have come round; what passed while nothing ran collapses into one."""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import Count, Q

from audit import ledger
from orchestrator.duties import reminding, telling
from orchestrator.duties.contents import hours_for, lines_of, schedule_of
from orchestrator.duties.models import Duty, DutyLine, DutyRound
from orchestrator.duties.schedule import Occurrence, come_round, due_after, next_after
from orchestrator.duties.states import RoundState
from orchestrator.kernel.actors import system
from orchestrator.people.models import Role, User
from orchestrator.people.queries import reachable_members

logger = logging.getLogger(__name__)
CALENDAR = system("duties")
BATCH = 500


def open_due(*, at: dt.datetime) -> int:
    """Open a round of every duty that has come round, and return how many."""
    due = Duty.objects.filter(opens_at__lte=at).values_list("pk", flat=True)
    opened = 0
    for duty_id in list(due):
        try:
            opened += open_round(duty_id, at=at) is not None
        except Exception:
            # One that cannot be opened must not keep the others from coming round.
            logger.exception("duty %s could not be opened; the next sweep tries again", duty_id)
    return opened


@transaction.atomic
def open_round(duty_id: int, *, at: dt.datetime) -> DutyRound | None:
    """Open one duty's round; None if it is not due, or another worker does it."""
    rows = Duty.objects.select_for_update(skip_locked=True, of=("self",))
    rows = rows.select_related("workflow__org", "workflow__current_version", "role__calendar")
    duty = rows.filter(pk=duty_id, opens_at__lte=at).first()
    if duty is None:
        return None
    hours, schedule = hours_for(duty.role), schedule_of(duty)
    periods = [duty.period]
    later = come_round(schedule, duty.opens_at, at, hours)
    periods += [each.period for each in later if each.period != duty.period]
    due = due_after(at, duty.due_within, hours)
    opened = _store(duty, periods, due, at)
    following = next_after(schedule, at, hours, not_in=periods[-1])
    _move_on(duty, following, at)
    _announce(opened, at)
    return opened


def least_busy(role: Role, *, at: dt.datetime, but: User | None = None) -> User | None:
    """Return who of the role can be reached and has the fewest open rounds."""
    reachable = {person.pk for person in reachable_members(role=role, at=at)}
    reachable -= {but.pk} if but else set()
    still_open = Q(duty_rounds__state__in=[RoundState.OPEN, RoundState.IN_PROGRESS])
    people = User.objects.filter(pk__in=reachable)
    return (
        people.annotate(rounds=Count("duty_rounds", filter=still_open))
        .order_by("rounds", "username")
        .first()
    )


def _store(duty: Duty, periods: list[str], due_at: dt.datetime, at: dt.datetime) -> DutyRound:
    opened = DutyRound.objects.create(
        duty=duty,
        period=periods[-1],
        missed=periods[:-1],
        covers_from=duty.looked_until,
        covers_until=at,
        assignee=least_busy(duty.role, at=at),
        opened_at=at,
        due_at=due_at,
    )
    found = lines_of(duty, since=duty.looked_until, at=at)
    lines = [DutyLine(round=opened, **each.columns(number)) for number, each in enumerate(found, 1)]
    DutyLine.objects.bulk_create(lines, batch_size=BATCH)
    return opened


def _move_on(duty: Duty, following: Occurrence, at: dt.datetime) -> None:
    duty.opens_at, duty.period, duty.looked_until = following.at, following.period, at
    duty.save(update_fields=["opens_at", "period", "looked_until"])


def _announce(opened: DutyRound, at: dt.datetime) -> None:
    detail = {
        "kind": opened.duty.kind,
        "period": opened.period,
        "missed": opened.missed,
        "lines": opened.lines.count(),
        "assignee": opened.assignee.username if opened.assignee else "",
        "due_at": opened.due_at.isoformat(),
    }
    ledger.record(event="duty.opened", by=CALENDAR, at=at, detail=detail, **telling.subject(opened))
    reminding.arm_steps(opened)
    telling.tell_opened(opened, at=at)
