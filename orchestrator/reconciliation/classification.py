"""Is it still as we wrote it, and if not, whose doing is that? Pure."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.commits.comparison import same_value
from orchestrator.reconciliation.expectation import NOBODY, Expected, Touch, Written
from orchestrator.reconciliation.states import Kind

# The part of a Salesforce id that tells: the other three characters are a check sum of it.
TELLING = 15
DELETED, THERE = "deleted", "there"


@dataclass(frozen=True, slots=True)
class Found:
    """One record as it is now."""

    values: Mapping[str, Any]
    modified_at: dt.datetime
    modified_by: str


@dataclass(frozen=True, slots=True)
class Users:
    """Whose saves are not a person's: our own writer, and the users that automation runs as."""

    writer: str
    automation: Collection[str] = ()

    def is_writer(self, user: str) -> bool:
        """Say whether this is the user that we write as."""
        return bool(user) and user[:TELLING] == self.writer[:TELLING]

    def is_automation(self, user: str) -> bool:
        """Say whether automation, or another agent, runs as this user."""
        return bool(user) and user[:TELLING] in {each[:TELLING] for each in self.automation}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, or with an empty field the record itself, that is not as we wrote it."""

    field: str
    kind: Kind
    expected: Any
    actual: Any
    commit_id: str
    # Back to what it was before our write: taken back by hand.
    reverted: bool = False
    touch: Touch = NOBODY


@dataclass(frozen=True, slots=True)
class Outcome:
    """One record compared: how many fields were looked at, and what differs."""

    fields: int
    differences: Sequence[Difference]


def compare(
    expected: Expected, found: Found | None, *, readable: Collection[str], users: Users
) -> Outcome:
    """Compare one record with what our writes left; a record counts as one field if it is gone."""
    if expected.deleted:
        return Outcome(1, [] if found is None else [_there_again(expected, found, users)])
    if found is None:
        return Outcome(1, [_missing(expected)])
    judged = [
        _judge(name, written, expected, found, readable=readable, users=users)
        for name, written in expected.values.items()
    ]
    return Outcome(len(judged), [each for each in judged if each is not None])


def unreadable(expected: Expected) -> Outcome:
    """Return the outcome of a record whose whole object can no longer be read."""
    if not expected.values:
        gone = Difference("", Kind.UNREADABLE, DELETED, None, expected.commit_id)
        return Outcome(1, [gone])
    found = [_unreadable(name, written) for name, written in expected.values.items()]
    return Outcome(len(found), found)


def _judge(
    name: str,
    written: Written,
    expected: Expected,
    found: Found,
    *,
    readable: Collection[str],
    users: Users,
) -> Difference | None:
    if name not in readable:
        return _unreadable(name, written)
    actual = found.values.get(name)
    if same_value(written.value, actual):
        return None
    kind, touch = _whose(written, expected, found, users)
    return Difference(
        field=name,
        kind=kind,
        expected=written.value,
        actual=actual,
        commit_id=written.commit_id,
        reverted=written.before_known and same_value(written.before, actual),
        touch=touch,
    )


def _whose(written: Written, expected: Expected, found: Found, users: Users) -> tuple[Kind, Touch]:
    """
    Return whose doing a difference is, as far as the record tells.

    A value that moved while nobody saved the record since we read it back is automation's. Behind
    a later write of our own, the last stranger whom that write saw is whom we know of.
    """
    now = Touch(found.modified_by, found.modified_at)
    if now == written.left:
        return Kind.BY_AUTOMATION, now
    if users.is_writer(now.by):
        strangers = [
            touch
            for touch in expected.seen[written.turn :]
            if touch.by and not users.is_writer(touch.by) and touch != written.left
        ]
        if not strangers:
            return Kind.BY_AUTOMATION, now
        now = strangers[-1]
    kind = Kind.BY_AUTOMATION if users.is_automation(now.by) else Kind.BY_PERSON
    return kind, now


def _there_again(expected: Expected, found: Found, users: Users) -> Difference:
    automatic = users.is_automation(found.modified_by) or users.is_writer(found.modified_by)
    return Difference(
        field="",
        kind=Kind.BY_AUTOMATION if automatic else Kind.BY_PERSON,
        expected=DELETED,
        actual=THERE,
        commit_id=expected.commit_id,
        reverted=True,
        touch=Touch(found.modified_by, found.modified_at),
    )


def _missing(expected: Expected) -> Difference:
    made_by = expected.created_by
    commit_id = made_by or expected.commit_id
    return Difference("", Kind.MISSING, THERE, DELETED, commit_id, reverted=bool(made_by))


def _unreadable(name: str, written: Written) -> Difference:
    return Difference(name, Kind.UNREADABLE, written.value, None, written.commit_id)
