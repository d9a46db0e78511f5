"""Why something was not written, as a key to deal with it together and in plain words. Pure."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from orchestrator.commits.states import LetterKind
from orchestrator.connectors.errors import ErrorClass

LONGEST_KEY = 200
# More names than this make no cause of their own.
MOST_FIELDS = 3
TARGET = "{target}"


class Cause(NamedTuple):
    """What happened, what is behind it, and what helps."""

    title: str
    text: str
    remedy: str


class Key(NamedTuple):
    """A cause, taken apart: error class, error code, and the fields that the CRM names."""

    error_class: str
    code: str
    fields: tuple[str, ...]

    def __str__(self) -> str:
        """Return the key as it is stored."""
        parts = [self.error_class, self.code, "+".join(self.fields)]
        return ":".join(part.replace(":", "_") for part in parts)[:LONGEST_KEY]


def key_of(*, error_class: str, code: str, text: str, names: Iterable[str]) -> str:
    """Return the key of an error; `names` are the fields that were to be written."""
    said = set(re.findall(r"\w+", text))
    fields = tuple(sorted({name for name in names if name in said}))
    return str(Key(error_class, code, fields if len(fields) <= MOST_FIELDS else ()))


def parsed(key: str) -> Key:
    """Return the parts of a stored key."""
    error_class, _, rest = key.partition(":")
    code, _, names = rest.partition(":")
    return Key(error_class, code, tuple(name for name in names.split("+") if name))


def cause_of(key: str, *, kind: str) -> Cause:
    """Return a cause in words; what nobody listed is told by its class."""
    found = parsed(key)
    if kind == LetterKind.UNREAD:
        return UNREAD
    if kind == LetterKind.UNKNOWN:
        return UNCLEAR
    listed = BY_CODE.get(found.code) or BY_CLASS.get(found.error_class, OTHER)
    target = " and ".join([", ".join(found.fields[:-1]), found.fields[-1]]) if found.fields else ""
    return listed._replace(title=listed.title.replace(TARGET, target.removeprefix(" and ") or "it"))


UNREAD = Cause(
    "It was written, and could not be read back yet",
    "The CRM said yes to the write. Since then the record could not be read, so the new values are "
    "not verified and there is no way back yet. Reading is tried again by itself.",
    "Nothing, while the CRM is away. If our user may no longer see the record, have that changed; "
    "once it is overdue you may close it as written but not verified.",
)
UNCLEAR = Cause(
    "Nobody knows whether it was written",
    "The write was sent and no answer came back. The record shows neither the old nor the new "
    "values clearly, so reading back could not tell.",
    "Look at the record as it is now and say what happened. Whatever you say, the record is read "
    "and compared before anything is written, so nothing is written twice.",
)
OTHER = Cause(
    "It was not written",
    "Every try failed for a reason that we have no words for.",
    "Read what the CRM says, then requeue it, correct it or discard it.",
)
RIGHTS = "Have the integration user's permissions changed, then requeue; or discard it."
BY_CLASS: dict[str, Cause] = {
    ErrorClass.TRANSIENT: Cause(
        "The CRM was busy or away until every try was used up",
        "Each try came back with an error that usually passes by itself.",
        "Requeue once the CRM answers again; all of them can go at once.",
    ),
    ErrorClass.AUTH: Cause(
        "Countersign could not sign in to the CRM",
        "A fresh login was refused as well: the credentials, the app or the user changed.",
        "Check the org's credentials, then requeue.",
    ),
    ErrorClass.PERMISSION: Cause(
        f"The CRM does not let our user write {TARGET}",
        "The integration user lacks a right on the object, the record or the field.",
        RIGHTS,
    ),
    ErrorClass.VALIDATION: Cause(
        f"The CRM refuses the values of {TARGET}",
        "A rule in the CRM says no to the values themselves, whoever writes them.",
        "Correct the values as a new revision. Requeueing helps only if the rule was changed.",
    ),
    ErrorClass.AGAIN_ONCE: Cause(
        "An automation of the CRM broke off while it saved, twice",
        "A flow or trigger of the org did not come to an end; what it says stands below.",
        "Have the flow or trigger looked at in the CRM, then requeue; or discard it.",
    ),
    ErrorClass.CAPACITY: Cause(
        "A limit of the org itself is reached",
        "Its storage is full, or it may send no more today.",
        "Have room made in the CRM, or wait until the limit is reset, then requeue.",
    ),
    ErrorClass.CONFLICT: Cause(
        "Somebody else changed the record each time",
        "The record moved between reading and writing, again and again.",
        "Requeue: it is read and compared anew, and people are asked if it moved.",
    ),
}
BY_CODE: dict[str, Cause] = {
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": Cause(
        f"A validation rule in the CRM refuses {TARGET}",
        "The org's own rule says what is wrong, in the words below.",
        "Correct the values as a new revision, or have the rule changed and requeue.",
    ),
    "REQUIRED_FIELD_MISSING": Cause(
        f"The CRM requires a value for {TARGET}",
        "The record cannot be saved while a required field is empty.",
        "Fill the field in the CRM or correct the change, then requeue.",
    ),
    "STRING_TOO_LONG": Cause(
        f"The text for {TARGET} is too long for the CRM",
        "The field holds fewer characters than were proposed.",
        "Correct it as a new revision with a shorter text.",
    ),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": Cause(
        f"The CRM does not know this value of {TARGET}",
        "The field takes only the values on its list.",
        "Correct it as a new revision with a value of the list, or add the value to it.",
    ),
    "NUMBER_OUTSIDE_VALID_RANGE": Cause(
        f"The number for {TARGET} is out of range",
        "The field holds fewer digits than were proposed.",
        "Correct it as a new revision.",
    ),
    "INVALID_FIELD": Cause(
        f"The CRM no longer knows {TARGET} as a field",
        "The field was removed or renamed, or our user may not see it.",
        "Have the field or the permission restored and requeue; or discard it.",
    ),
    "CANNOT_EXECUTE_FLOW_TRIGGER": Cause(
        "An automation in the CRM broke while saving",
        "A flow or trigger of the org failed on this record; what it says stands below.",
        "Have the automation repaired, then requeue.",
    ),
    "INACTIVE_OWNER_OR_USER": Cause(
        "The record belongs to somebody who has left",
        "The CRM saves no record whose owner or referenced user is inactive.",
        "Give the record another owner in the CRM, then requeue.",
    ),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": Cause(
        "Our user may not see a record that this one points to",
        "A lookup leads to a record that is not shared with the integration user.",
        RIGHTS,
    ),
    "worker_lost": Cause(
        "Every worker that took it up stopped",
        "The workers died before anything was sent: memory, a restart, or this very change.",
        "Look at the workers' logs first, then requeue.",
    ),
}
BY_CODE["CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"] = BY_CODE["CANNOT_EXECUTE_FLOW_TRIGGER"]
