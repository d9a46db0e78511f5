"""Inviting somebody: an account without a password, and a link by which its owner sets one."""

import datetime as dt

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from audit import ledger
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.people import accounts
from orchestrator.people.models import User


class LinkIsOver(DomainError):
    """The link was used already, is too old, or was never ours."""

    code, status, title = "link_is_over", 410, "This link does not work any more"


@transaction.atomic
def invite(
    *, username: str, first_name: str, last_name: str, email: str, by: Actor, at: dt.datetime
) -> tuple[User, str]:
    """
    Make an account that nobody can sign in to yet; return it with the path of its one-time link.

    :raises PersonExists: if the user name is taken
    """
    person = accounts.add_person(
        username=username,
        first_name=first_name,
        last_name=last_name,
        email=email,
        password=None,
        by=by,
        at=at,
    )
    return person, link_of(person)


@transaction.atomic
def invite_again(*, person: User, by: Actor, at: dt.datetime) -> str:
    """
    Return a new one-time link of somebody who never set a password; earlier ones go on working.

    :raises LinkIsOver: if the account is closed, or has a password
    """
    if not person.is_active or person.has_usable_password():
        raise LinkIsOver(
            f"{person.display_name} needs no link: sign in, or ask for a new password."
        )
    _record("person.invited", person, by, at)
    return link_of(person)


def link_of(person: User) -> str:
    """Return the path at which the person sets a first password, once and for some days."""
    name = urlsafe_base64_encode(force_bytes(person.pk))
    return f"/sign-in/welcome/{name}/{default_token_generator.make_token(person)}/"


def invited(name: str, token: str) -> User:
    """
    Return who a link was made for.

    :raises LinkIsOver: if it was used already, is too old, or was never ours
    """
    try:
        person = User.objects.filter(pk=int(urlsafe_base64_decode(name)), is_active=True).first()
    except (ValueError, OverflowError):
        person = None
    never = person is not None and not person.has_usable_password()
    if person is None or not never or not default_token_generator.check_token(person, token):
        raise LinkIsOver("It was used already, or is too old. Ask whoever sent it for another.")
    return person


@transaction.atomic
def accept(*, name: str, token: str, password: str, at: dt.datetime) -> User:
    """
    Set the first password of an invited person; the link ends with that.

    :raises LinkIsOver: if the link does not work any more
    """
    person = User.objects.select_for_update().get(pk=invited(name, token).pk)
    if person.has_usable_password():
        raise LinkIsOver("It was used a moment ago. Sign in.")
    person.set_password(password)
    person.save(update_fields=["password"])
    _record("person.password_changed", person, person.actor, at)
    return person


def _record(event: str, person: User, by: Actor, at: dt.datetime) -> None:
    ledger.record(
        event=event, by=by, at=at, subject_kind="person", subject_id=person.username, detail={}
    )
