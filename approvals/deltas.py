"""How far one value is from another, in the words of its kind. Pure."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from orchestrator.kernel.hidden import is_hidden

LONG_TEXT = 80
MINUS, TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"
EXACT_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T[0-9:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?)?")
TEXT_KINDS = frozenset({"", "string", "textarea", "id", "reference", "phone", "picklist"})
NUMBER_KINDS = frozenset({"currency", "double", "int"})
# From here on a difference is marked: it is worth a second look.
MUCH_PERCENT, MANY_DAYS = 20, 30
MINUTES_OF_AN_HOUR, MINUTES_OF_A_DAY = 60, 1440
MANY_CHOICES = "multipicklist"


@dataclass(frozen=True, slots=True)
class Delta:
    """How far a value moves, in words."""

    text: str
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Choices:
    """What happens to a field of several choices: each is added, removed or kept."""

    added: Sequence[str]
    removed: Sequence[str]
    kept: Sequence[str]


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
        return Delta(f"{_signed(right - left)} points")
    if left == 0:
        return None
    percent = (right - left) / abs(left) * 100
    return Delta(_percent_words(percent), _tone(abs(percent) >= MUCH_PERCENT))


def _signed(change: Decimal) -> str:
    written = f"{change:+,f}".replace("-", MINUS)
    return written.rstrip("0").rstrip(".") if "." in written else written


def _percent_words(percent: Decimal) -> str:
    if abs(percent) < Decimal("0.1"):
        return "under 0.1%"
    if percent >= 1000:
        return f"{TIMES}{percent / 100 + 1:,.0f}"
    return f"{percent:+,.1f}%".replace(".0%", "%").replace("-", MINUS)


def _tone(much: bool) -> str:  # noqa: FBT001 - one question, one answer
    return "warn" if much else "quiet"


def difference(old: Any, new: Any, kind: str = "") -> str:
    """Return by how much a number changes, with every digit; nothing where it is no number."""
    if is_hidden(old) or is_hidden(new) or isinstance(old, bool) or isinstance(new, bool):
        return ""
    if kind == "percent" or (kind not in NUMBER_KINDS and isinstance(old, str)):
        return ""
    left, right = _number(old), _number(new)
    if left is None or right is None or left == right:
        return ""
    return _signed(right - left)


def quarter_note(old: Any, new: Any) -> str:
    """Say which calendar quarter a date leaves, if it does: sales are counted by them."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return ""
    first, second = _moment(old), _moment(new)
    if first is None or second is None or _quarter(first) == _quarter(second):
        return ""
    if _quarter(second) > _quarter(first):
        return f"past the end of {_quarter_words(first)}"
    return f"back into {_quarter_words(second)}"


def choices(old: Any, new: Any) -> Choices:
    """Return what is added to, removed from and kept of a list of choices, in its order."""
    had, has = _chosen(old), _chosen(new)
    return Choices(
        added=[each for each in has if each not in had],
        removed=[each for each in had if each not in has],
        kept=[each for each in had if each in has],
    )


def _chosen(value: Any) -> list[str]:
    if is_hidden(value) or not isinstance(value, str):
        return []
    return [each.strip() for each in value.split(";") if each.strip()]


def _quarter(moment: dt.date) -> tuple[int, int]:
    return moment.year, (moment.month - 1) // 3 + 1


def _quarter_words(moment: dt.date) -> str:
    year, quarter = _quarter(moment)
    return f"Q{quarter} {year}"


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
