"""What the ledger remembers of signing in: who, how, from which network, never what was typed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from audit import ledger
from orchestrator.identity.addresses import shortened
from orchestrator.kernel.actors import Actor, system
from orchestrator.people.models import User

DOOR = system("sign-in")
# A user name that nobody has may be a password typed into the wrong field: it is not kept.
NOBODY = "unknown"
METHODS = {
    "password": "password",
    "socialaccount": "directory",
    "totp": "app code",
    "recovery_codes": "recovery code",
    "webauthn": "passkey",
}


def method_of(records: Iterable[Mapping[str, Any]]) -> str:
    """Return in words how somebody proved who they are, step by step."""
    steps = [str(record.get("type") or record.get("method") or "") for record in records]
    return " and ".join(dict.fromkeys(METHODS.get(step, step) for step in steps)) or "unknown"


def signed_in(*, person: User, method: str, address: str, at: dt.datetime) -> None:
    """Note that somebody signed in."""
    _record("person.signed_in", person, person.actor, at, method=method, address=address)


def signed_out(*, person: User, address: str, at: dt.datetime) -> None:
    """Note that somebody signed out."""
    _record("person.signed_out", person, person.actor, at, address=address)


def confirmed(*, person: User, method: str, address: str, at: dt.datetime) -> None:
    """Note that somebody who was signed in proved it once more."""
    _record("person.reauthenticated", person, person.actor, at, method=method, address=address)


def failed(*, username: str, method: str, address: str, at: dt.datetime) -> None:
    """Note that somebody could not sign in; whose account was tried only if there is one."""
    _record("person.sign_in_failed", _known(username), DOOR, at, method=method, address=address)


def locked(*, username: str, address: str, at: dt.datetime) -> None:
    """Note that an account, or an address, is kept out for a while."""
    _record("person.sign_in_locked", _known(username), DOOR, at, address=address)


def _known(username: str) -> User | None:
    return User.objects.filter(username=username).first() if "\x00" not in username else None


@transaction.atomic
def _record(
    event: str, person: User | None, by: Actor, at: dt.datetime, *, address: str, **detail: str
) -> None:
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="person",
        subject_id=person.username if person else NOBODY,
        detail={**detail, "address": shortened(address)},
    )
