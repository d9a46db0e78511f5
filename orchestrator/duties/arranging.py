"""Handing a round on, and arranging when a duty comes round and for whom."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from audit import ledger
from orchestrator.calendars.wall_clock import check_zone
from orchestrator.duties import telling
from orchestrator.duties.contents import hours_for, schedule_of
from orchestrator.duties.models import Duty, DutyRound
from orchestrator.duties.permissions import check_may_arrange, may_hand_on
from orchestrator.duties.schedule import Schedule, next_after
from orchestrator.duties.signing import locked_round
from orchestrator.duties.states import Rhythm
from orchestrator.kernel.errors import DomainError, NotAllowed, NotFound, ReasonNeeded
from orchestrator.people.models import Role, User
from orchestrator.people.queries import away, reachable_members

LAST_DAY = {Rhythm.WEEKLY: 6, Rhythm.MONTHLY: 31, Rhythm.MONTHLY_WORKING: 23}
LONGEST_TIME = 60


class CannotTake(DomainError):
    """This person cannot be given the round."""

    code, status, title = "cannot_take", 422, "Choose somebody else"


class NoSuchDay(DomainError):
    """The rhythm has no such day, or the time to do it makes no sense."""

    code, status, title = "no_such_day", 422, "There is no such day"


@transaction.atomic
def hand_on(*, round_id: int, to: User, words: str, by: User, at: dt.datetime) -> DutyRound:
    """
    Give a round to somebody else of its role, or of the staff.

    :raises NotFound: if there is no such round
    :raises RoundIsDone: if it is finished
    :raises NotAllowed: if it is not theirs to give
    :raises ReasonNeeded: if no reason is given
    :raises CannotTake: if the person cannot carry it now, or has it
    """
    about = locked_round(round_id)
    if not may_hand_on(by, about, at=at):
        raise NotAllowed(f"Ask somebody of {about.duty.role.title}, or staff.")
    if not words.strip():
        raise ReasonNeeded("Say why you hand it on; it stands in the ledger.")
    if to.pk == about.assignee_id or not takers(about, at=at).filter(pk=to.pk).exists():
        raise CannotTake(f"{to.display_name} has it already, is away, or carries no such duty.")
    previous = about.assignee
    about.amend(assignee=to)
    detail = {
        "to": to.username,
        "text": words.strip(),
        "previous": previous.username if previous else "",
    }
    ledger.record(
        event="duty.handed_on", by=by.actor, at=at, detail=detail, **telling.subject(about)
    )
    telling.tell_handed_on(about, by=by, at=at)
    return about


def takers(about: DutyRound, *, at: dt.datetime) -> QuerySet[User]:
    """Return who could take a round: whoever carries its role now, and staff who are not away."""
    carriers = {person.pk for person in reachable_members(role=about.duty.role, at=at)}
    staff = set(User.objects.filter(is_staff=True, is_active=True).values_list("pk", flat=True))
    able = (carriers | (staff - away(at=at).keys())) - {about.assignee_id}
    return User.objects.filter(pk__in=able, is_active=True).order_by("first_name", "username")


@transaction.atomic
def arrange(
    *,
    duty_id: int,
    role: Role,
    schedule: Schedule,
    due_within: int,
    reason: str,
    by: User,
    at: dt.datetime,
) -> Duty:
    """
    Arrange when a duty comes round from now on, and for whom; open rounds stay as they are.

    :raises NotFound: if there is no such duty
    :raises NotAllowed: if the person is neither staff nor an ops owner
    :raises ReasonNeeded: if no reason is given
    :raises NoSuchDay: if the schedule or the time to do it makes no sense
    :raises UnknownZone: if there is no such time zone
    """
    check_may_arrange(by)
    if not reason.strip():
        raise ReasonNeeded("Say why; it stands in the ledger.")
    _check(schedule, due_within)
    rows = Duty.objects.select_for_update(of=("self",)).select_related("role", "workflow")
    duty = rows.filter(pk=duty_id).first()
    if duty is None:
        raise NotFound("There is no such duty.")
    before = _arrangement(duty)
    _apply(duty, role, schedule, due_within, at)
    detail = {"reason": reason.strip(), "before": before, "after": _arrangement(duty)}
    ledger.record(
        event="duty.changed",
        by=by.actor,
        at=at,
        subject_kind="duty",
        subject_id=f"{duty.kind}:{duty.workflow.slug if duty.workflow else 'everything'}",
        workflow=duty.workflow.slug if duty.workflow else "",
        detail=detail,
    )
    return duty


def _apply(duty: Duty, role: Role, schedule: Schedule, due_within: int, at: dt.datetime) -> None:
    latest = duty.rounds.order_by("-pk").values_list("period", flat=True).first()
    following = next_after(schedule, at, hours_for(role), not_in=latest or "")
    duty.role, duty.due_within = role, due_within
    duty.rhythm, duty.day = schedule.rhythm, schedule.day
    duty.time, duty.zone = schedule.time, schedule.zone
    duty.opens_at, duty.period = following.at, following.period
    duty.save()


def _check(schedule: Schedule, due_within: int) -> None:
    check_zone(schedule.zone)
    first = 0 if schedule.rhythm == Rhythm.WEEKLY else 1
    if not first <= schedule.day <= LAST_DAY[Rhythm(schedule.rhythm)]:
        raise NoSuchDay("Choose a weekday, a day from 1 to 31, or a working day from 1 to 23.")
    if not 1 <= due_within <= LONGEST_TIME:
        raise NoSuchDay(f"Leave between 1 and {LONGEST_TIME} working days.")


def _arrangement(duty: Duty) -> dict[str, Any]:
    return {
        "role": duty.role.slug,
        "when": schedule_of(duty).words,
        "due_within": duty.due_within,
    }
