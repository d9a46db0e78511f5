"""Where somebody is signed in, and ending that: one place, all others, or everything."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import transaction

from audit import ledger
from orchestrator.identity import devices
from orchestrator.identity.addresses import shortened
from orchestrator.kernel.errors import NotFound
from orchestrator.people.models import User
from orchestrator.people.permissions import check_may_administer_people

SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Place:
    """One session, as its owner reads of it; the key that opens it is not here."""

    # Names the row, opens nothing.
    handle: int
    device: str
    phone: bool
    network: str
    began_at: dt.datetime
    seen_at: dt.datetime
    current: bool


def note_seen(*, session_key: str, at: dt.datetime) -> None:
    """Note in the cache that a session is in use; looking at pages writes no row."""
    caches["sessions"].set(_seen(session_key), at.timestamp(), settings.SESSION_COOKIE_AGE)


def places_of(person: User, *, current_key: str, at: dt.datetime) -> list[Place]:
    """Return where the person is signed in, this place first, then the one seen last."""
    rows = _open(person, at)
    seen = caches["sessions"].get_many([_seen(row.session_key) for row in rows]) if rows else {}
    found = [
        Place(
            handle=row.pk,
            device=devices.in_words(row.user_agent),
            phone=devices.is_phone(row.user_agent),
            network=shortened(row.ip),
            began_at=row.created_at,
            seen_at=_moment(seen.get(_seen(row.session_key)), row.last_seen_at),
            current=secrets.compare_digest(row.session_key, current_key),
        )
        for row in rows
    ]
    return sorted(found, key=lambda place: (not place.current, -place.seen_at.timestamp()))


def end_one(*, person: User, handle: int, address: str, at: dt.datetime) -> None:
    """
    End one of the person's own sessions.

    :raises NotFound: if it is not theirs, or over
    """
    row = UserSession.objects.filter(user_id=person.pk, pk=handle).first()
    if row is None:
        raise NotFound("This session is over already.")
    _end([row], person=person, by=person, reason="", address=address, at=at)


def end_others(*, person: User, current_key: str, address: str, at: dt.datetime) -> int:
    """End all of the person's sessions but this one; return how many there were."""
    rows = [row for row in _open(person, at) if row.session_key != current_key]
    return _end(rows, person=person, by=person, reason="", address=address, at=at)


def end_all_of(*, person: User, by: User, reason: str, at: dt.datetime) -> int:
    """
    End every session of somebody else; return how many there were.

    :raises NotAllowed: if `by` is not staff
    """
    check_may_administer_people(by)
    return _end(_open(person, at), person=person, by=by, reason=reason.strip(), address="", at=at)


def end_with_account(person: User, by: User, at: dt.datetime) -> None:
    """End every session of somebody whose account is closed."""
    reason = "The account was closed."
    _end(_open(person, at), person=person, by=by, reason=reason, address="", at=at)


@transaction.atomic
def _end(
    rows: Sequence[UserSession],
    *,
    person: User,
    by: User,
    reason: str,
    address: str,
    at: dt.datetime,
) -> int:
    if not rows:
        return 0
    keys = [row.session_key for row in rows]
    detail: dict[str, object] = {"sessions": len(keys)}
    if reason:
        detail["reason"] = reason
    if address:
        detail["address"] = shortened(address)
    ledger.record(
        event="person.sessions_ended",
        by=by.actor,
        at=at,
        subject_kind="person",
        subject_id=person.username,
        detail=detail,
    )
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for key in keys:
        store.delete(key)
    return len(keys)


def _open(person: User, at: dt.datetime) -> list[UserSession]:
    """Return the sessions that still let the person in; a changed password ended the older ones."""
    rows = list(UserSession.objects.filter(user_id=person.pk).order_by("pk"))
    kept = Session.objects.filter(
        session_key__in=[row.session_key for row in rows], expire_date__gt=at
    )
    valid = person.get_session_auth_hash()
    alive = {each.pk for each in kept if each.get_decoded().get(HASH_SESSION_KEY) == valid}
    return [row for row in rows if row.session_key in alive]


def _seen(session_key: str) -> str:
    return f"{SEEN}:{hashlib.sha256(session_key.encode()).hexdigest()}"


def _moment(kept: float | None, otherwise: dt.datetime) -> dt.datetime:
    return dt.datetime.fromtimestamp(kept, dt.UTC) if kept else otherwise
