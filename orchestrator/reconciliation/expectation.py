"""What should be there: the writes to one record, folded into the value last written. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Image = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Write:
    """One change of one commit to one record: as asked, as it was before, as it read after."""

    commit_id: str
    operation: str
    fields: Mapping[str, Any]
    before: Image
    after: Image


@dataclass(frozen=True, slots=True)
class Touch:
    """Who last saved a record, and when."""

    by: str
    at: dt.datetime | None


NOBODY = Touch("", None)


@dataclass(frozen=True, slots=True)
class Written:
    """The value of one field as our latest write left it."""

    value: Any
    before: Any
    # Whether `before` was read: nothing can go back to what nobody knows.
    before_known: bool
    commit_id: str
    # How many writes to the record there had been: what came later may have seen somebody.
    turn: int
    left: Touch


@dataclass(slots=True)
class Expected:
    """What one record should look like."""

    commit_id: str = ""
    deleted: bool = False
    # The commit that made the record, if we know it: without it, the record would not be there.
    created_by: str = ""
    values: dict[str, Written] = field(default_factory=dict)
    # Who had saved the record just before each write, oldest first.
    seen: list[Touch] = field(default_factory=list)


def expect(writes: Iterable[Write]) -> Expected:
    """Return what a record should look like after these writes, oldest first."""
    expected = Expected()
    for write in writes:
        expected.commit_id = write.commit_id
        expected.seen.append(touch_of(write.before))
        if write.operation == "delete":
            expected.deleted, expected.created_by, expected.values = True, "", {}
            continue
        expected.deleted = False
        if write.operation == "create":
            expected.created_by = write.commit_id
        _take(expected, write)
    return expected


def touch_of(image: Image) -> Touch:
    """Return who had saved the record when this image of it was read."""
    if image is None:
        return NOBODY
    stamp = image.get("modified_at")
    return Touch(image.get("modified_by", ""), dt.datetime.fromisoformat(stamp) if stamp else None)


def _take(expected: Expected, write: Write) -> None:
    # The CRM may have written something else than was asked: what it showed afterwards counts.
    after = write.fields if write.after is None else write.after["values"]
    before = {} if write.before is None else write.before["values"]
    for name, asked in write.fields.items():
        expected.values[name] = Written(
            value=after.get(name, asked),
            before=before.get(name),
            before_known=name in before or write.operation == "create",
            commit_id=write.commit_id,
            turn=len(expected.seen),
            left=touch_of(write.after),
        )
