"""People's accounts: add somebody, close an account."""

import datetime as dt

from django.db import transaction

from audit import ledger
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User


class PersonExists(DomainError):
    """Somebody has this user name."""

    code, status, title = "person_exists", 409, "The user name is taken"


@transaction.atomic
def add_person(
    *,
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    password: str,
    by: Actor,
    at: dt.datetime,
) -> User:
    """
    Add somebody who can sign in; without a role they can do nothing.

    :raises PersonExists: if the user name is taken
    """
    if User.objects.filter(username__iexact=username).exists():
        raise PersonExists(f"Somebody has the user name {username!r} already; choose another.")
    person = User(username=username, first_name=first_name, last_name=last_name, email=email)
    person.set_password(password)
    person.save()
    ledger.record(
        event="person.added",
        by=by,
        at=at,
        subject_kind="person",
        subject_id=username,
        detail={"name": person.display_name},
    )
    return person
