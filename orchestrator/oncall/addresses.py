"""Secret calendar addresses: made, shown once, revoked, and read by calendar programs."""

import datetime as dt
import hashlib
import secrets
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from audit import ledger
from orchestrator.kernel.errors import DomainError, NotAllowed, NotFound
from orchestrator.kernel.ids import ALPHABET
from orchestrator.oncall.calendar_writing import Written, calendar_of
from orchestrator.oncall.loading import load
from orchestrator.oncall.models import Address, Schedule
from orchestrator.oncall.permissions import may_edit
from orchestrator.oncall.plans import lay_out
from orchestrator.oncall.queries import shift_of
from orchestrator.oncall.telling import path_of
from orchestrator.people.models import User

PREFIX_CHARACTERS, SECRET_BYTES, LONGEST_SECRET = 8, 32, 100
MOST_EACH = 10
BACK, AHEAD = dt.timedelta(days=14), dt.timedelta(days=90)


class TooManyAddresses(DomainError):
    """Nobody needs so many."""

    code, status, title = "too_many_addresses", 409, "You have enough addresses"


class AddressRevoked(DomainError):
    """It does not work any more already."""

    code, status, title = "address_revoked", 409, "The address was revoked already"


@transaction.atomic
def make(*, schedule: Schedule | None, by: User, at: dt.datetime) -> str:
    """
    Return the secret of a new address, of a schedule or of one's own shifts; only now is it known.

    :raises TooManyAddresses: if the person has ten that work
    """
    User.objects.select_for_update().get(pk=by.pk)
    if Address.objects.filter(owner=by, revoked_at=None).count() >= MOST_EACH:
        raise TooManyAddresses("Revoke one that you no longer use first.")
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(PREFIX_CHARACTERS))
    secret = f"{prefix}-{secrets.token_urlsafe(SECRET_BYTES)}"
    address = Address.objects.create(
        owner=by, schedule=schedule, secret_hash=_hash(secret), prefix=prefix, made_at=at
    )
    _record("made", address, by, at)
    return secret


@transaction.atomic
def revoke(*, address: Address, by: User, at: dt.datetime) -> None:
    """
    Make an address stop working.

    :raises NotAllowed: if it is somebody else's, and they may not edit schedules
    :raises AddressRevoked: if it was revoked before
    """
    if address.owner_id != by.pk and not may_edit(by):
        raise NotAllowed("It is somebody else's address.")
    if not Address.objects.filter(pk=address.pk, revoked_at=None).update(revoked_at=at):
        raise AddressRevoked("It does not work any more.")
    _record("revoked", address, by, at)


def revoke_all(person: User, by: User, at: dt.datetime) -> None:
    """Make every address of somebody whose account is closed stop working, for good."""
    for address in Address.objects.filter(owner=person, revoked_at=None).order_by("pk"):
        if Address.objects.filter(pk=address.pk, revoked_at=None).update(revoked_at=at):
            _record("revoked", address, by, at)


def calendar_at(secret: str, *, at: dt.datetime) -> bytes:
    """
    Return the calendar behind a secret address.

    :raises NotFound: if there is none, it was revoked, or whoever made it has left
    """
    rows = Address.objects.select_related("owner", "schedule__role")
    address = (
        rows.filter(secret_hash=_hash(secret), revoked_at=None, owner__is_active=True).first()
        if len(secret) <= LONGEST_SECRET
        else None
    )
    if address is None:
        raise NotFound("There is no such calendar.")
    if address.schedule is not None:
        shifts = _shifts([address.schedule], None, at)
        return calendar_of(f"On call: {address.schedule.title}", shifts, at=at)
    schedules = list(Schedule.objects.select_related("role"))
    shifts = _shifts(schedules, address.owner, at)
    return calendar_of(f"On call: {address.owner.display_name}", shifts, at=at)


def _shifts(schedules: list[Schedule], person: User | None, at: dt.datetime) -> list[Written]:
    """Return who is asked first; of one person, also when they are asked after somebody else."""
    since, until = at - BACK, at + AHEAD
    found = []
    for loaded in load(schedules, since=since, until=until):
        layout = lay_out(loaded.plan, since, until)
        for rank, piece in layout.seated():
            if rank and person is None:
                continue
            if person is not None and piece.person != person.pk:
                continue
            shift = shift_of(piece, loaded, layout)
            title = loaded.schedule.role.title
            who = f" ({shift.person.display_name})" if person is None else ""
            lead = "On call" if rank == 0 else "Backup on call"
            found.append(
                Written(
                    schedule=loaded.schedule.role.slug,
                    username=shift.person.username,
                    starts_at=shift.starts_at,
                    ends_at=shift.ends_at,
                    summary=f"{lead}: {title}{who}",
                    words=f"{shift.words}. Times of hand-offs: "
                    f"{ZoneInfo(loaded.schedule.time_zone).key}.",
                    address=f"{settings.PUBLIC_URL}{path_of(loaded.schedule)}",
                )
            )
    return sorted(found, key=lambda each: (each.starts_at, each.summary))


def _hash(secret: str) -> str:
    # 256 random bits need no salt and no slow hash.
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(happened: str, address: Address, by: User, at: dt.datetime) -> None:
    of_schedule = address.schedule
    ledger.record(
        event=f"oncall.address_{happened}",
        by=by.actor,
        at=at,
        subject_kind="schedule" if of_schedule else "person",
        subject_id=of_schedule.role.slug if of_schedule else address.owner.username,
        detail={"prefix": address.prefix, "person": address.owner.username},
    )
