"""Proving that an account in Slack belongs to a person: a code goes from our page to Slack."""

import datetime as dt
import hashlib
import secrets

from django.db import IntegrityError, transaction

from audit import ledger
from orchestrator.chat.models import Card, LinkCode, SlackAccount
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User

CODE_BYTES = 10
VALID_FOR = dt.timedelta(minutes=10)


class BadCode(DomainError):
    """The code is unknown, used or too old."""

    code, status, title = "bad_link_code", 422, "The code does not work"


class LinkedElsewhere(DomainError):
    """The account in Slack belongs to somebody else here."""

    code, status, title = "slack_linked_elsewhere", 409, "Linked to somebody else"


@transaction.atomic
def issue_code(*, person: User, at: dt.datetime) -> str:
    """Return a new code for the person; an earlier one stops working."""
    code = secrets.token_hex(CODE_BYTES)
    LinkCode.objects.update_or_create(
        person=person, defaults={"digest": _digest(code), "expires_at": at + VALID_FOR}
    )
    return code


@transaction.atomic
def link(*, code: str, team_id: str, user_id: str, at: dt.datetime) -> SlackAccount:
    """
    Link the account that sent the code to the person who got it.

    :raises BadCode: if nobody active got this code lately, or it was used
    :raises LinkedElsewhere: if the account is linked to somebody else
    """
    known = LinkCode.objects.select_for_update(of=("self",)).select_related("person")
    issued = known.filter(digest=_digest(code.strip()), expires_at__gt=at).first()
    if issued is None or not issued.person.is_active:
        raise BadCode("The code is unknown or older than ten minutes. Get a new one on our page.")
    person = issued.person
    issued.delete()
    try:
        with transaction.atomic():
            account, _ = SlackAccount.objects.update_or_create(
                person=person,
                defaults={"team_id": team_id, "user_id": user_id, "linked_at": at},
            )
    except IntegrityError as error:
        raise LinkedElsewhere(
            "This Slack account is linked to somebody else here; they have to let go of it first."
        ) from error
    _record("chat.linked", person, by=person.actor, at=at, detail={"slack_user": user_id})
    return account


@transaction.atomic
def unlink(*, person: User, at: dt.datetime, by: User | None = None) -> bool:
    """Let go of the person's account in Slack, by themselves or by `by`; say if there was one."""
    account = SlackAccount.objects.select_for_update().filter(person=person).first()
    if account is None:
        return False
    Card.objects.filter(account=account).delete()
    account.delete()
    detail = {"slack_user": account.user_id}
    _record("chat.unlinked", person, by=(by or person).actor, at=at, detail=detail)
    return True


def unlink_closed(person: User, by: User, at: dt.datetime) -> None:
    """Let go of the account in Slack, and of a code, of somebody whose account here is closed."""
    LinkCode.objects.filter(person=person).delete()
    unlink(person=person, by=by, at=at)


def _record(
    event: str, person: User, *, by: Actor, at: dt.datetime, detail: dict[str, str]
) -> None:
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="person",
        subject_id=person.username,
        detail=detail,
    )


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
