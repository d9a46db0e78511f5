"""What a revision changes, as people read it: typed differences, claims, three-way values. Pure."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from approvals.states import Operation
from orchestrator.kernel.hidden import is_hidden

LONG_TEXT = 80
MINUS, TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"
EXACT_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T[0-9:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?)?")
# What matters most comes first: amounts, then choices and dates, then words.
KIND_ORDER = ("currency", "percent", "double", "int", "picklist", "date", "datetime", "boolean")
TEXT_KINDS = frozenset({"", "string", "textarea", "id", "reference", "phone", "picklist"})
# From here on a difference is marked: it is worth a second look.
MUCH_PERCENT, MANY_DAYS = 20, 30


class ChangeRow(Protocol):
    """What a difference is made of: a change with the base that we read."""

    position: int
    operation: str
    object_name: str
    record_id: str
    external_id: str
    fields: Any
    expect: Any
    base: Any
    record_label: str


@dataclass(frozen=True, slots=True)
class Delta:
    """How far a value moves, in words."""

    text: str
    tone: str = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDiff:
    """One field: what was approved (after a conflict), what is there now, what is proposed."""

    name: str
    kind: str = ""
    old: Any = None
    new: Any = None
    # What an earlier approval was given on; only meaningful in a three-way view.
    then: Any = None
    moved: bool = False
    # Read because the change depends on it; nothing is written to it.
    watched: bool = False
    unchanged: bool = False
    long: bool = False
    delta: Delta | None = None
    # Its reader may not see what stands in it.
    hidden: bool = False
    # What the agent believed to be there, when we read something else.
    claimed: bool = False
    claim: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDiff:
    """One change: a record with its fields."""

    position: int
    operation: str
    object_name: str
    record_id: str
    external_id: str
    label: str
    fields: Sequence[FieldDiff]
    # False until we have read the record ourselves.
    known: bool
    three_way: bool = False
    gone: bool = False

    @property
    def moved(self) -> bool:
        """Say whether anybody changed the record after it was approved."""
        return self.gone or any(field.moved for field in self.fields)

    @property
    def long_fields(self) -> list[FieldDiff]:
        """Return the fields whose texts are compared word by word."""
        return [field for field in self.fields if field.long]

    @property
    def short_fields(self) -> list[FieldDiff]:
        """Return the fields that fit into a row."""
        return [field for field in self.fields if not field.long]


def record_diffs(
    changes: Sequence[ChangeRow],
    *,
    conflict: Mapping[str, Any] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> list[RecordDiff]:
    """Return what each change does to its record; with a conflict, three values a field."""
    found = {each["position"]: each for each in (conflict or {}).get("changes", ())}
    return [_record(change, found.get(change.position), kinds or {}) for change in changes]


def _record(
    change: ChangeRow, found: Mapping[str, Any] | None, kinds: Mapping[str, str]
) -> RecordDiff:
    moved = {each["field"]: each for each in (found or {}).get("fields", ())}
    base: Mapping[str, Any] | None = change.base
    if base is None and found:
        # The new base is being read: until then, what the comparison found.
        base = (found.get("now") or {}).get("values")
    own = {name: kinds.get(f"{change.object_name}.{name}", "") for name in change.fields}
    names = in_order(own, own)
    if change.operation == Operation.DELETE:
        names = [name for name, value in (base or {}).items() if value not in (None, "")]
    watched = [name for name in moved if name not in names]
    fields = [
        _field(change, name, base, moved.get(name), kinds, watched=False) for name in names
    ] + [_field(change, name, base, moved[name], kinds, watched=True) for name in watched]
    return RecordDiff(
        position=change.position,
        operation=str(change.operation),
        object_name=change.object_name,
        record_id=change.record_id,
        external_id=change.external_id,
        label=change.record_label or (found or {}).get("label", ""),
        fields=fields,
        known=base is not None or change.operation == Operation.CREATE,
        three_way=bool(moved) and change.operation == Operation.UPDATE,
        gone=bool((found or {}).get("gone")),
    )


def _field(
    change: ChangeRow,
    name: str,
    base: Mapping[str, Any] | None,
    moved: Mapping[str, Any] | None,
    kinds: Mapping[str, str],
    *,
    watched: bool,
) -> FieldDiff:
    known = base is not None and name in base
    old = base[name] if base is not None and known else (moved or {}).get("now")
    new = None if watched else change.fields.get(name)
    # Of what the reader may not see, nothing is said: not even whether it moves.
    hidden = is_hidden(old) or is_hidden(new)
    update = change.operation == Operation.UPDATE and not watched and not hidden
    kind = kinds.get(f"{change.object_name}.{name}") or kind_of(old, new)
    return FieldDiff(
        name=name,
        kind=kind,
        old=old,
        new=new,
        then=moved["then"] if moved else old,
        moved=moved is not None,
        watched=watched,
        unchanged=update and known and same(old, new),
        long=update and is_long(old, new),
        delta=delta(old, new, kind) if update and known else None,
        claimed=known and name in change.expect and not same(change.expect[name], old),
        claim=change.expect.get(name),
        hidden=hidden,
    )


def in_order(names: Iterable[str], kinds: Mapping[str, str]) -> list[str]:
    """Return field names by how much their kind matters; JSON in the database keeps no order."""
    places = {kind: place for place, kind in enumerate(KIND_ORDER)}
    last = len(KIND_ORDER)
    return sorted(names, key=lambda name: (places.get(kinds.get(name, ""), last), name))


def kind_of(*values: Any) -> str:
    """Return what kind of field holds these values, as far as the values show it."""
    given = [value for value in values if value not in (None, "")]
    if given and all(isinstance(value, str) for value in given):
        moments = [_moment(value) for value in given]
        if all(isinstance(moment, dt.datetime) for moment in moments):
            return "datetime"
        if None not in moments and not any(isinstance(each, dt.datetime) for each in moments):
            return "date"
    return ""


def same(left: Any, right: Any) -> bool:
    """Say whether two values are one to the reader: 5, 5.0 and "5.00" are, empty is nothing."""
    if left in (None, "") or right in (None, ""):
        return left in (None, "") and right in (None, "")
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    numbers = (_number(left), _number(right))
    if None not in numbers and not (isinstance(left, str) and isinstance(right, str)):
        return numbers[0] == numbers[1]
    return bool(left == right)


def is_long(old: Any, new: Any) -> bool:
    """Say whether two texts are better compared word by word than side by side."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return False
    return max(len(old), len(new)) > LONG_TEXT or "\n" in old or "\n" in new


def delta(old: Any, new: Any, kind: str = "") -> Delta | None:
    """Return how far a number or a date moves, or nothing where that says nothing."""
    if isinstance(old, bool) or isinstance(new, bool) or same(old, new):
        return None
    days = _days(old, new)
    if days is not None:
        unit = "day" if abs(days) == 1 else "days"
        return Delta(f"{days:+,d} {unit}".replace("-", MINUS), _tone(abs(days) >= MANY_DAYS))
    left, right = _number(old), _number(new)
    if left is None or right is None or (isinstance(old, str) and kind in TEXT_KINDS):
        return None
    if kind == "percent":
        return Delta(f"{right - left:+,f} points".replace("-", MINUS))
    if left == 0:
        return None
    percent = (right - left) / abs(left) * 100
    return Delta(_percent_words(percent), _tone(abs(percent) >= MUCH_PERCENT))


def _percent_words(percent: Decimal) -> str:
    if abs(percent) < Decimal("0.1"):
        return "under 0.1%"
    if percent >= 1000:
        return f"{TIMES}{percent / 100 + 1:,.0f}"
    return f"{percent:+,.1f}%".replace(".0%", "%").replace("-", MINUS)


def _tone(much: bool) -> str:  # noqa: FBT001 - one question, one answer
    return "warn" if much else "quiet"


def _days(old: Any, new: Any) -> int | None:
    if not (isinstance(old, str) and isinstance(new, str)):
        return None
    first, second = _moment(old), _moment(new)
    if first is None or second is None:
        return None
    days = (_date(second) - _date(first)).days
    return days or None


def _moment(text: str) -> dt.date | None:
    spelled = MOMENT.fullmatch(text)
    if spelled is None:
        return None
    try:
        return dt.datetime.fromisoformat(text) if spelled[1] else dt.date.fromisoformat(text)
    except ValueError:
        return None


def _date(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, str) and not EXACT_NUMBER.fullmatch(value):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
