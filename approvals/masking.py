"""Taking what a reader may not see out of what was stored, before it becomes a page. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from approvals.evidence import pointed_field
from orchestrator.kernel.hidden import HIDDEN, is_hidden
from orchestrator.workflows.sight import Sight

# What a record is called is a value of these: whoever may not see one does not see the name.
NAMES = ("Name", "FirstName", "LastName", "Subject")
LABELS = frozenset({"label", "record_label"})
OBJECTS = ("object", "object_name")
# Beside the name of a field, these say what it is, not what stands in it.
PLAIN = frozenset(
    {"field", "name", "kind", "position", "record", "record_id", "operation", "op", "result"}
    | set(OBJECTS)
)
# What is left of evidence for a hidden field: that there is some.
WITHHELD = {"title": HIDDEN, "quote": "", "href": "", "sha256": ""}
# Shorter values stand in every other sentence; they are only taken out of their own field.
SHORTEST = 3
LONGEST = 2000


@dataclass(frozen=True)
class Mask:
    """What one reader may not see of one proposal: its fields, and their values in any text."""

    sight: Sight
    values: tuple[Any, ...] = ()

    @property
    def clear(self) -> bool:
        """Say whether the reader sees everything."""
        return self.sight.whole

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        spelled = {form for value in self.values for form in _spellings(value)}
        if not spelled:
            return None
        longest_first = sorted(spelled, key=lambda each: (-len(each), each))
        joined = "|".join(re.escape(each) for each in longest_first)
        return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)

    def text(self, text: str) -> str:
        """Return a text of an agent, a person or a rule without the values that are hidden."""
        return self._pattern.sub(HIDDEN, text) if self._pattern and text else text

    def label(self, object_name: str, label: str) -> str:
        """Return what a record is called, or nothing if its name is hidden."""
        hidden = any(self.sight.hides(object_name, name) for name in NAMES)
        return "" if hidden else self.text(label)

    def stored(self, value: Any, object_name: str = "") -> Any:
        """Return stored JSON with every hidden field, and every hidden value in a text, masked."""
        if self.clear:
            return value
        if isinstance(value, Mapping):
            return self._mapping(value, object_name)
        if isinstance(value, str):
            return value if is_hidden(value) else self.text(value)
        if isinstance(value, Sequence):
            return [self.stored(each, object_name) for each in value]
        return value

    def _mapping(self, values: Mapping[str, Any], around: str) -> dict[str, Any]:
        named = next((values[key] for key in OBJECTS if values.get(key)), around)
        owner = named if isinstance(named, str) else around
        about = values.get("field")
        beside = isinstance(about, str) and self.hides(owner, about)
        found: dict[str, Any] = {}
        for key, value in values.items():
            if key in LABELS and isinstance(value, str):
                found[key] = self.label(owner, value)
            elif (beside and key not in PLAIN) or self.hides(owner, key):
                found[key] = _hidden(value)
            else:
                found[key] = self.stored(value, owner)
        return found

    def content(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return a revision's content; evidence for a hidden field is hidden as a whole."""
        if self.clear:
            return dict(content)
        masked: dict[str, Any] = self.stored(content)
        changes = content["changes"]
        masked["evidence"] = [
            {**item, **WITHHELD} if self._tells(given, changes) else item
            for item, given in zip(masked["evidence"], content["evidence"], strict=True)
        ]
        return masked

    def entry(self, detail: Mapping[str, Any], object_name: str) -> dict[str, Any]:
        """Return an entry of the ledger; evidence for a hidden field is hidden as a whole."""
        masked: dict[str, Any] = self.stored(detail, object_name)
        if not self.clear and detail.get("evidence"):
            masked["evidence"] = [
                {**item, **WITHHELD} if self._names(given) else item
                for item, given in zip(masked["evidence"], detail["evidence"], strict=True)
            ]
        return masked

    def _names(self, item: Mapping[str, Any]) -> bool:
        # Of which of its changes an entry tells is not in it: any object's field will do.
        return any(self.hides("", each.rpartition("/")[2]) for each in item.get("supports", ()))

    def _tells(self, item: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> bool:
        pointed = (pointed_field(pointer, changes) for pointer in item.get("supports", ()))
        return any(self.hides(*each) for each in pointed if each is not None)

    def hides(self, object_name: str, field: str) -> bool:
        """Say whether a field is hidden; where no object is known, of any object."""
        if object_name:
            return self.sight.hides(object_name, field)
        owners = (path.partition(".") for path in self.sight.kept)
        return any(name == field and self.sight.hides(owner, name) for owner, _, name in owners)


CLEAR = Mask(Sight())


def hidden_values(sight: Sight, stored: Iterable[Any]) -> tuple[Any, ...]:
    """Return the values that stand in hidden fields anywhere in stored JSON."""
    if sight.whole:
        return ()
    looking = Mask(sight)
    return tuple(value for each in stored for value in _found(looking, each, ""))


def _found(mask: Mask, value: Any, around: str) -> Iterator[Any]:
    if isinstance(value, Mapping):
        named = next((value[key] for key in OBJECTS if value.get(key)), around)
        owner = named if isinstance(named, str) else around
        about = value.get("field")
        beside = isinstance(about, str) and mask.hides(owner, about)
        for key, inner in value.items():
            if (beside and key not in PLAIN) or mask.hides(owner, key):
                yield from _leaves(inner)
            else:
                yield from _found(mask, inner, owner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from _found(mask, each, around)


def _hidden(value: Any) -> Any:
    """Return what stands for a value; what has two sides keeps them."""
    return dict.fromkeys(value, HIDDEN) if isinstance(value, Mapping) else HIDDEN


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _leaves(inner)
    elif value not in (None, "", True, False):
        yield value


def _spellings(value: Any) -> set[str]:
    """Return how a value may be written in a sentence; yes and no stand in too many."""
    if isinstance(value, bool):
        return set()
    spelled = {str(value).strip()}
    number = _number(value)
    if number is not None:
        plain = f"{number:f}"
        whole = plain.rstrip("0").rstrip(".") if "." in plain else plain
        spelled |= {plain, whole, f"{number:,f}", f"{Decimal(whole):,f}"}
    return {each for each in spelled if SHORTEST <= len(each) <= LONGEST}


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None
