"""Second factors: who has one, who needs one, and what is told when they change."""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from audit import ledger
from orchestrator.identity.addresses import shortened
from orchestrator.kernel.errors import NotAllowed, ReasonNeeded
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import notify
from orchestrator.people.models import User
from orchestrator.people.permissions import check_may_administer_people

ADDED, REMOVED = "person.factor_added", "person.factor_removed"
# Which event a note of the library stands for, and the factor in words.
CHANGES = {
    "mfa/email/totp_activated": (ADDED, "authenticator app"),
    "mfa/email/totp_deactivated": (REMOVED, "authenticator app"),
    "mfa/email/webauthn_added": (ADDED, "passkey"),
    "mfa/email/webauthn_removed": (REMOVED, "passkey"),
    "mfa/email/recovery_codes_generated": (ADDED, "recovery codes"),
}
FACTORS_PAGE = "/account/factors/"


def has_factor(person: User) -> bool:
    """Say whether the person has an authenticator app or a passkey."""
    codes = Authenticator.Type.RECOVERY_CODES
    return bool(Authenticator.objects.filter(user_id=person.pk).exclude(type=codes).exists())


def needs_factor(person: User) -> bool:
    """Say whether this site asks the person for a second factor."""
    wanted = settings.MFA_REQUIRED
    return bool(wanted == "everybody" or (wanted == "staff" and person.is_staff))


@transaction.atomic
def changed(*, person: User, event: str, factor: str, address: str, at: dt.datetime) -> None:
    """Note that a factor came or went, and tell the person: it may not have been them."""
    ledger.record(
        event=event,
        by=person.actor,
        at=at,
        subject_kind="person",
        subject_id=person.username,
        detail={"factor": factor, "address": shortened(address)},
    )
    done = "added to" if event == ADDED else "removed from"
    message = Message(
        event=event,
        urgency=Urgency.HIGH,
        title=f"{factor[0].upper()}{factor[1:]} {done} your account",
        path=FACTORS_PAGE,
        subject_kind="person",
        subject_id=person.username,
        key=f"{event}:{factor}:{at.isoformat()}",
        lines=("If this was not you, end your other sessions and tell an administrator at once.",),
    )
    notify(people=[person], message=message, at=at)


@transaction.atomic
def remove_all_of(*, person: User, by: User, reason: str, at: dt.datetime) -> int:
    """
    Remove every factor of somebody who lost theirs; return how many there were.

    :raises NotAllowed: if `by` is not staff, or it is their own
    :raises ReasonNeeded: if no reason is given
    """
    check_may_administer_people(by)
    if by.pk == person.pk:
        raise NotAllowed("Remove your own factors on your own page, or ask somebody else of staff.")
    if not reason.strip():
        raise ReasonNeeded("Say why; it stands in the ledger beside your name.")
    count, _ = Authenticator.objects.filter(user_id=person.pk).delete()
    if count:
        ledger.record(
            event="person.factors_removed_by_staff",
            by=by.actor,
            at=at,
            subject_kind="person",
            subject_id=person.username,
            detail={"reason": reason.strip()},
        )
        message = Message(
            event=REMOVED,
            urgency=Urgency.HIGH,
            title=f"{by.display_name} removed your second factors",
            path=FACTORS_PAGE,
            subject_kind="person",
            subject_id=person.username,
            key=f"{REMOVED}:staff:{at.isoformat()}",
            lines=("If you did not ask for it, tell another administrator at once.",),
        )
        notify(people=[person], message=message, at=at)
    return int(count)
