"""People's accounts: add somebody, close an account, open it again, change one's own."""

import datetime as dt
from zoneinfo import available_timezones

from django.db import transaction

from audit import ledger
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError, ReasonNeeded
from orchestrator.people import absences, carried, closing
from orchestrator.people.handing_over import CannotHandOver, Result, Successors, hand_over
from orchestrator.people.models import Absence, User
from orchestrator.people.permissions import check_may_administer_people


class PersonExists(DomainError):
    """Somebody has this user name."""

    code, status, title = "person_exists", 409, "The user name is taken"


class CannotClose(DomainError):
    """The account has to stay open."""

    code, status, title = "cannot_close", 409, "The account stays open"


class StillOpen(DomainError):
    """Nobody opens what was not closed: that would give a person's account another password."""

    code, status, title = "still_open", 409, "The account is open"


class WrongPassword(DomainError):
    """The present password is another one."""

    code, status, title = "wrong_password", 422, "Not your password"


class NoSuchZone(DomainError):
    """There is no such time zone."""

    code, status, title = "no_such_time_zone", 422, "No such time zone"


@transaction.atomic
def add_person(
    *,
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    password: str | None,
    by: Actor,
    at: dt.datetime,
) -> User:
    """
    Add somebody who can sign in, once they have a password; without a role they can do nothing.

    :raises PersonExists: if the user name is taken
    """
    if User.objects.filter(username__iexact=username).exists():
        raise PersonExists(f"Somebody has the user name {username!r} already; choose another.")
    person = User(username=username, first_name=first_name, last_name=last_name, email=email)
    person.set_password(password)
    person.save()
    _record("person.added", person, by, at, name=person.display_name)
    return person


@transaction.atomic
def close_account(
    *, person: User, successors: Successors, by: User, reason: str, at: dt.datetime
) -> list[Result]:
    """
    Close an account: what the person carries goes to others, and their sessions end at once.

    What is not named in `successors` is dropped. The password, the rights of staff and every other
    way in are gone too, so that nothing old comes back with the account.

    :raises NotAllowed: if `by` is not staff
    :raises ReasonNeeded: if no reason is given
    :raises CannotClose: if it is one's own, the last of staff, or closed already
    :raises CannotHandOver: if something could be carried by nobody, with every item's result
    """
    check_may_administer_people(by)
    _check_may_close(person, by)
    items = [item for item in carried.carried_by(person, at=at) if not item.elsewhere]
    chosen = {item.id: successors.get(item.id) for item in items}
    missing = [item for item in items if item.must_be_taken and chosen[item.id] is None]
    if missing:
        raise CannotHandOver([Result(item, None, "Somebody has to take it.") for item in missing])
    results = hand_over(person=person, successors=chosen, by=by, reason=reason, at=at)
    for absence in Absence.objects.filter(person=person, cancelled_at=None, ends_at__gt=at):
        absences.end_absence(absence=absence, by=by, reason="The account was closed.", at=at)
    closing.end_ways_in(person, by=by, at=at)
    was_staff = _shut(person)
    staff = {"staff": True} if was_staff else {}
    _record(
        "person.closed", person, by.actor, at, reason=reason.strip(), duties=len(results), **staff
    )
    return results


@transaction.atomic
def reopen_account(*, person: User, password: str, by: User, reason: str, at: dt.datetime) -> None:
    """
    Let somebody sign in again, with a new first password and without any role.

    :raises NotAllowed: if `by` is not staff
    :raises ReasonNeeded: if no reason is given
    :raises StillOpen: if it is not closed
    """
    check_may_administer_people(by)
    if not reason.strip():
        raise ReasonNeeded("Say why; it stands in the ledger beside your name.")
    if User.objects.select_for_update().get(pk=person.pk).is_active:
        raise StillOpen(f"The account of {person.display_name} is open: nothing has to be done.")
    person.is_active = True
    person.set_password(password)
    person.save(update_fields=["is_active", "password"])
    _record("person.reopened", person, by.actor, at, reason=reason.strip())


@transaction.atomic
def change_password(*, person: User, present: str, new: str, at: dt.datetime) -> None:
    """
    Change one's own password; every other session ends.

    :raises WrongPassword: if the present password is another one
    """
    if not person.check_password(present):
        raise WrongPassword("Your present password is another one.")
    person.set_password(new)
    person.save(update_fields=["password"])
    _record("person.password_changed", person, person.actor, at)


@transaction.atomic
def change_time_zone(*, person: User, zone: str, at: dt.datetime) -> None:
    """
    Change the time zone in which the person reads times.

    :raises NoSuchZone: if there is no such zone
    """
    if zone not in available_timezones():
        raise NoSuchZone(f"There is no time zone {zone!r}; write it as Europe/Berlin.")
    old = person.time_zone
    if old == zone:
        return
    person.time_zone = zone
    person.save(update_fields=["time_zone"])
    _record("person.time_zone_changed", person, person.actor, at, old=old, new=zone)


def _check_may_close(person: User, by: User) -> None:
    if person.pk == by.pk:
        raise CannotClose("Nobody closes their own account: ask somebody else of staff.")
    # Two who close each other's account wait here, so that one of them is left.
    list(User.objects.select_for_update().filter(is_staff=True).order_by("pk"))
    if not User.objects.get(pk=person.pk).is_active:
        raise CannotClose(f"The account of {person.display_name} is closed already.")
    check_may_administer_people(User.objects.get(pk=by.pk))


def _shut(person: User) -> bool:
    """Let the account do nothing any more; say whether it was one of staff."""
    was_staff = person.is_staff or person.is_superuser
    person.is_active = person.is_staff = person.is_superuser = False
    person.set_unusable_password()
    person.save(update_fields=["is_active", "is_staff", "is_superuser", "password"])
    # Roles are given back by name before; what is left are rights that were given by hand.
    person.groups.clear()
    person.user_permissions.clear()
    return was_staff


def _record(event: str, person: User, by: Actor, at: dt.datetime, **detail: object) -> None:
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="person",
        subject_id=person.username,
        detail=detail,
    )
