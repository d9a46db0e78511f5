"""Being away for a time, and who decides in one's place."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import QuerySet

from audit import ledger
from orchestrator.kernel.errors import DomainError, NotAllowed
from orchestrator.people import absence_notices
from orchestrator.people.models import LONGEST_ABSENCE, Absence, User
from orchestrator.people.operations import InactivePerson
from orchestrator.people.permissions import may_administer_agents

LONGEST_NOTE = 300


class BadAbsence(DomainError):
    """The absence makes no sense."""

    code, status, title = "bad_absence", 422, "That is no absence"


class AwayAlready(DomainError):
    """Another absence of the person covers some of that time."""

    code, status, title = "away_already", 409, "Out of office already"


class DelegationCircle(DomainError):
    """The one who is to stand in is themselves stood in for by the one who is away."""

    code, status, title = "delegation_circle", 409, "Nobody would be left"


class AbsenceOver(DomainError):
    """The absence has ended, or was called off."""

    code, status, title = "absence_over", 409, "It is over"


def check_may_set_absence(by: User, person: User) -> None:
    """
    Refuse whoever may not say that this person is away.

    :raises NotAllowed: if it is somebody else, and neither staff nor an ops owner
    """
    if by.pk != person.pk and not may_administer_agents(by):
        raise NotAllowed(f"Only {person.display_name}, ops owners and staff may do this.")


@transaction.atomic
def set_absence(
    *,
    person: User,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    delegate: User | None,
    note: str = "",
    by: User,
    reason: str = "",
    at: dt.datetime,
) -> Absence:
    """
    Say that a person is away from one moment to another, and who decides in their place.

    What lies in the past stays as it was: an absence that began before now begins now.

    :raises NotAllowed: if `by` is somebody else without the right
    :raises BadAbsence: if the times, the delegate or the words make no sense
    :raises InactivePerson: if the person or the delegate cannot sign in
    :raises AwayAlready: if the person is away for some of that time already
    :raises DelegationCircle: if the delegate would be stood in for by the person
    """
    check_may_set_absence(by, person)
    starts_at = max(starts_at, at)
    _check_words(person, by, note, reason)
    _check_window(starts_at, ends_at, at)
    _check_delegate(person, delegate)
    _lock_absences()
    others = list(_overlapping(starts_at, ends_at))
    _check_free(person, others)
    _check_no_circle(person, delegate, starts_at, others)
    absence = Absence.objects.create(
        person=person,
        starts_at=starts_at,
        ends_at=ends_at,
        delegate=delegate,
        note=note.strip(),
        created_at=at,
        # Both learn now that it has begun.
        start_told_at=at if starts_at <= at else None,
    )
    _record("absence.set", absence, by, reason, at)
    absence_notices.tell_set(absence, by=by, at=at)
    return absence


@transaction.atomic
def end_absence(*, absence: Absence, by: User, reason: str = "", at: dt.datetime) -> None:
    """
    Call an absence off, or end it now: whoever stands in stands in no more.

    :raises NotAllowed: if `by` is somebody else without the right
    :raises BadAbsence: if somebody else gives no reason
    :raises AbsenceOver: if it has ended, or was called off
    """
    check_may_set_absence(by, absence.person)
    _check_words(absence.person, by, "", reason)
    rows = Absence.objects.filter(pk=absence.pk, cancelled_at=None, ends_at__gt=at)
    if rows.update(cancelled_at=at, end_told_at=at) != 1:
        raise AbsenceOver("It is over, or was called off already.")
    absence.cancelled_at = absence.end_told_at = at
    _record("absence.ended", absence, by, reason, at)
    absence_notices.tell_ended(absence, by=by, at=at)


@transaction.atomic
def change_delegate(
    *, absence: Absence, to: User | None, by: User, reason: str = "", at: dt.datetime
) -> None:
    """
    Let somebody else stand in from now on, or nobody.

    :raises NotAllowed: if `by` is somebody else without the right
    :raises BadAbsence: if the delegate or the words make no sense
    :raises InactivePerson: if the delegate cannot sign in
    :raises AbsenceOver: if it has ended, or was called off
    :raises DelegationCircle: if the delegate would be stood in for by the person
    """
    check_may_set_absence(by, absence.person)
    _check_words(absence.person, by, "", reason)
    _check_delegate(absence.person, to)
    _lock_absences()
    rows = Absence.objects.filter(pk=absence.pk, cancelled_at=None, ends_at__gt=at)
    others = list(_overlapping(absence.starts_at, absence.ends_at).exclude(pk=absence.pk))
    _check_no_circle(absence.person, to, max(absence.starts_at, at), others)
    left = absence.delegate
    if rows.update(delegate=to) != 1:
        raise AbsenceOver("It is over, or was called off already.")
    absence.delegate = to
    _record("absence.delegate_changed", absence, by, reason, at)
    absence_notices.tell_changed(absence, left=left, by=by, at=at)


def _overlapping(starts_at: dt.datetime, ends_at: dt.datetime) -> QuerySet[Absence]:
    rows = Absence.objects.filter(cancelled_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at)
    return rows.select_related("person", "delegate").order_by("starts_at", "pk")


def _check_words(person: User, by: User, note: str, reason: str) -> None:
    if len(note) > LONGEST_NOTE or "\x00" in note + reason:
        raise BadAbsence(f"A note has at most {LONGEST_NOTE} characters that can be kept.")
    if by.pk != person.pk and not reason.strip():
        raise BadAbsence(f"Say why you do this for {person.display_name}.")


def _check_window(starts_at: dt.datetime, ends_at: dt.datetime, at: dt.datetime) -> None:
    if ends_at <= starts_at or ends_at <= at:
        raise BadAbsence("It has to end after it starts, and in the future.")
    if ends_at - starts_at > LONGEST_ABSENCE:
        raise BadAbsence(
            f"An absence lasts at most {LONGEST_ABSENCE.days} days; hand your duties over for "
            "longer ones."
        )


def _check_delegate(person: User, delegate: User | None) -> None:
    if not person.is_active:
        raise InactivePerson(f"{person.display_name} cannot sign in; nobody waits for them.")
    if delegate is None:
        return
    if delegate.pk == person.pk:
        raise BadAbsence("Nobody stands in for themselves: choose somebody else, or nobody.")
    if not delegate.is_active:
        raise InactivePerson(f"{delegate.display_name} cannot sign in; choose somebody else.")


def _check_free(person: User, others: Iterable[Absence]) -> None:
    for other in others:
        if other.person_id == person.pk:
            raise AwayAlready(
                f"{person.display_name} is away from {other.starts_at:%d %b %Y, %H:%M} to "
                f"{other.ends_at:%d %b %Y, %H:%M} UTC already; end that first."
            )


def _check_no_circle(
    person: User, delegate: User | None, starts_at: dt.datetime, others: list[Absence]
) -> None:
    """Follow the delegates at every moment at which the way may change within the time."""
    if delegate is None:
        return
    for moment in {starts_at, *(max(each.starts_at, starts_at) for each in others)}:
        by_person = {
            each.person_id: each for each in others if each.starts_at <= moment < each.ends_at
        }
        way, seen = [person, delegate], {delegate.pk}
        while (found := by_person.get(way[-1].pk)) is not None and found.delegate is not None:
            way.append(found.delegate)
            if found.delegate_id == person.pk:
                raise DelegationCircle(_circle_words(way, found))
            if found.delegate_id in seen:
                break
            seen.add(found.delegate.pk)


def _circle_words(way: list[User], found: Absence) -> str:
    names = " → ".join(each.display_name for each in way)
    return (
        f"{found.person.display_name} is away until {found.ends_at:%d %b %Y, %H:%M} UTC, and the "
        f"way of those who stand in leads back: {names}. Choose somebody else."
    )


def _lock_absences() -> None:
    """Make two people who choose each other wait for one another; readers do not wait."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE people_absence IN SHARE ROW EXCLUSIVE MODE")


def _record(event: str, absence: Absence, by: User, reason: str, at: dt.datetime) -> None:
    detail = {
        "starts_at": absence.starts_at.isoformat(),
        "ends_at": absence.ends_at.isoformat(),
        "delegate": absence.delegate.username if absence.delegate else "",
        "person": absence.person.display_name,
        "reason": reason.strip(),
    }
    if event == "absence.set":
        detail["note"] = absence.note
    ledger.record(
        event=event,
        by=by.actor,
        at=at,
        subject_kind="person",
        subject_id=absence.person.username,
        detail=detail,
    )
