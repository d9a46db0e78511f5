"""Closing and opening accounts on the directory's word; duties go where closing sends them."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction

from orchestrator.identity import sessions
from orchestrator.kernel.errors import DomainError
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import notify
from orchestrator.people import accounts, carried
from orchestrator.people.handing_over import CannotHandOver, preview
from orchestrator.people.models import User

LEFT, CAME_BACK = "The directory closed their account.", "The directory opened their account again."
PASSWORD_BYTES = 32


class NobodyAnswers(DomainError):
    """Nobody of staff answers for what the directory does here."""

    code, status, title = "nobody_answers", 503, "Nobody answers for the directory"


def close(*, person: User, at: dt.datetime) -> None:
    """
    Close an account that the directory closed; doing it again changes nothing.

    What cannot be dropped goes to whoever answers for the directory, who is told. Where even
    that is impossible the sessions end all the same, and the account waits for a person.

    :raises NobodyAnswers: if nobody of staff answers for the directory
    :raises CannotHandOver: if something could be carried by nobody
    :raises CannotClose: if the account is the one that answers for the directory
    """
    answers = _who_answers()
    if not person.is_active:
        return
    successors = _successors(person, answers, at)
    try:
        accounts.close_account(person=person, successors=successors, by=answers, reason=LEFT, at=at)
    except CannotHandOver as refusal:
        _leave_waiting(person, answers, refusal, at)
        raise


def reopen(*, person: User, at: dt.datetime) -> None:
    """
    Open an account that the directory opened again: no role, and no password that anybody knows.

    :raises NobodyAnswers: if nobody of staff answers for the directory
    """
    answers = _who_answers()
    if person.is_active:
        return
    accounts.reopen_account(
        person=person,
        password=secrets.token_urlsafe(PASSWORD_BYTES),
        by=answers,
        reason=CAME_BACK,
        at=at,
    )


def _successors(person: User, answers: User, at: dt.datetime) -> dict[str, User | None]:
    """Return who takes what: whatever cannot simply be dropped goes to whoever answers."""
    items = [item for item in carried.carried_by(person, at=at) if not item.elsewhere]
    taken: dict[str, User | None] = {
        item.id: answers if item.must_be_taken else None for item in items
    }
    results = preview(person=person, successors=taken, by=answers, reason=LEFT, at=at)
    stuck = {each.item.id: answers for each in results if each.problem and each.to is None}
    return taken | stuck


def _who_answers() -> User:
    found = User.objects.filter(
        username=settings.SCIM["acts_for"], is_staff=True, is_active=True
    ).first()
    if found is None:
        raise NobodyAnswers("Name somebody active of staff in SCIM_ACTS_FOR.")
    return found


@transaction.atomic
def _leave_waiting(person: User, answers: User, why: CannotHandOver, at: dt.datetime) -> None:
    sessions.end_all_of(person=person, by=answers, reason=LEFT, at=at)
    message = Message(
        event="person.close_refused",
        urgency=Urgency.HIGH,
        title=f"{person.display_name} left, and their account could not be closed",
        path=f"/people/{person.username}/",
        subject_kind="person",
        subject_id=person.username,
        key=f"close-refused:{person.username}:{at.date().isoformat()}",
        lines=("Their sessions have ended. Hand over what they carry, then close the account.",),
        details=(why.detail,),
    )
    notify(people=[answers], message=message, at=at)
