"""Asking for a rollback: read again, planned again, stored as proposals that people decide."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from orchestrator.commits import reversals
from orchestrator.kernel import faultpoints
from orchestrator.kernel.errors import DomainError, ReasonNeeded
from orchestrator.people.models import User
from orchestrator.rollbacks.models import Rollback
from orchestrator.rollbacks.previews import Preview, preview
from orchestrator.rollbacks.record_plans import Fate
from orchestrator.rollbacks.selection import Selection
from orchestrator.rollbacks.storing import store

LONGEST_REASON = 2000
ASKED_ONCE, TAKEN_ONCE = "rollback_asked_once", "reversal_once_per_share"


class OthersThanYouSaw(DomainError):
    """The selection holds other commits than those on the screen."""

    code, status, title = "not_what_you_saw", 409, "It has changed"


class NothingToTakeBack(DomainError):
    """No value would be set back."""

    code, status, title = "nothing_to_take_back", 409, "Nothing to take back"


class TakenBackAlready(DomainError):
    """Somebody else has just asked to take some of it back."""

    code, status, title = "taken_back_already", 409, "Somebody was faster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks for, from their form."""

    selection: Selection
    # The marks of newer values to restore anyway.
    ticked: Collection[str]
    # Stands for every newer value of the preview at once: see Preview.everything_newer.
    everything: str = ""
    seen: str
    reason: str
    token: str


def request(*, wish: Wish, person: User, at: dt.datetime) -> Rollback:
    """
    Ask people to take a selection back; the same token of the same person asks once.

    Everything is read again first. A value that has moved since the person looked is newer, and
    stays. All proposals are stored in one transaction: a crash leaves none of them.

    :raises ReasonNeeded: if no reason is given
    :raises OthersThanYouSaw: if other commits would be taken back than were on the screen
    :raises NothingToTakeBack: if nothing would change
    :raises TakenBackAlready: if somebody else asked for some of it at the same time
    :raises ConnectorError: if the records cannot be read now
    """
    reason = wish.reason.strip()
    if not reason or len(reason) > LONGEST_REASON or "\x00" in reason:
        raise ReasonNeeded(f"Say in at most {LONGEST_REASON} characters why it is taken back.")
    first = Rollback.objects.filter(requested_by=person, token=wish.token).first()
    if first is not None:
        return first
    plan = preview(selection=wish.selection, person=person)
    if plan.seen != wish.seen:
        raise OthersThanYouSaw(
            "Something was written or taken back since you looked. Look again, then ask."
        )
    try:
        with transaction.atomic():
            reversals.drop_dead(at=at)
            rollback = store(
                plan=plan,
                ticked=_ticked(wish, plan),
                reason=reason,
                token=wish.token,
                person=person,
                at=at,
            )
            faultpoints.reach("inside_rollback_request")
            if rollback.commits == 0:
                raise NothingToTakeBack("Every value is newer, as before, or cannot be undone.")
            return rollback
    except IntegrityError as clash:
        if ASKED_ONCE in str(clash):
            return Rollback.objects.get(requested_by=person, token=wish.token)
        if TAKEN_ONCE in str(clash):
            raise TakenBackAlready(
                "Somebody else has just asked to take some of this back. Look again."
            ) from clash
        raise


def _ticked(wish: Wish, plan: Preview) -> set[str]:
    """Return the marks that hold: of values that are still as they were when they were ticked."""
    if wish.everything and wish.everything == plan.everything_newer:
        return {line.mark for line in plan.of(Fate.NEWER)}
    return set(wish.ticked)
