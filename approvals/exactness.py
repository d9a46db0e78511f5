"""Text and numbers exactly as they were sent, or not at all."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from approvals.content import Draft, DraftChange
from approvals.problems import Problem
from orchestrator.web.lookalikes import lookalikes
from orchestrator.web.visible_text import is_invisible

# Beyond this a double no longer holds every whole number (RFC 8785 refuses them too).
LARGEST_WHOLE = 2**53 - 1
LINE_CHARACTERS = frozenset("\n\r\t")
# Unassigned and private characters are somebody's business; these can never be stored or shown.
REFUSED_CATEGORIES = frozenset({"Cc", "Cs"})


def exact_draft(draft: Draft) -> tuple[Draft, list[Problem]]:
    """Return the draft with its numbers in one exact form, and what cannot be kept exactly."""
    found: list[Problem] = []
    changes = [_change(change, f"/changes/{n}", found) for n, change in enumerate(draft.changes)]
    evidence = [_mapping(item, f"/evidence/{n}", found) for n, item in enumerate(draft.evidence)]
    for path, text in _own_texts(draft):
        _check_text(text, path, found)
    confidence = _confidence(draft.confidence, found)
    exact = replace(draft, changes=changes, confidence=confidence, evidence=evidence)
    return exact, found


def invisible_characters(value: Any) -> int:
    """Count the characters that a reader could miss, anywhere in a JSON value."""
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return 0
        return sum(1 for char in value if char not in LINE_CHARACTERS and is_invisible(char))
    if isinstance(value, Mapping):
        return sum(invisible_characters(key) + invisible_characters(value[key]) for key in value)
    if isinstance(value, Sequence):
        return sum(invisible_characters(item) for item in value)
    return 0


def lookalike_characters(value: Any) -> int:
    """Count the characters that pass for another, anywhere in a JSON value."""
    if isinstance(value, str):
        return len(lookalikes(value))
    if isinstance(value, Mapping):
        return sum(lookalike_characters(key) + lookalike_characters(value[key]) for key in value)
    if isinstance(value, Sequence):
        return sum(lookalike_characters(item) for item in value)
    return 0


def text_problems(text: str, path: str, *, longest: int) -> list[Problem]:
    """Return what keeps a text of its own from being stored: too long, or control characters."""
    found: list[Problem] = []
    _check_text(text, path, found)
    if len(text) > longest:
        found.append(Problem("text_too_long", path, f"At most {longest} characters fit here."))
    return found


def _own_texts(draft: Draft) -> list[tuple[str, str]]:
    return [
        ("/workflow", draft.workflow),
        ("/action", draft.action),
        ("/reason/code", draft.reason_code),
        ("/reason/text", draft.reason_text),
        ("/title", draft.title),
        ("/run", draft.run),
    ]


def _change(change: DraftChange, path: str, found: list[Problem]) -> DraftChange:
    for name, text in (
        ("object", change.object_name),
        ("id", change.record_id),
        ("external_id", change.external_id),
        *(("depends_on", name) for name in change.depends_on),
    ):
        _check_text(text, f"{path}/{name}", found)
    return DraftChange(
        operation=change.operation,
        object_name=change.object_name,
        record_id=change.record_id,
        external_id=change.external_id,
        fields=_plain_values(change.fields, f"{path}/fields", found),
        expect=_plain_values(change.expect, f"{path}/expect", found),
        depends_on=list(change.depends_on),
    )


def _plain_values(values: Mapping[str, Any], path: str, found: list[Problem]) -> dict[str, Any]:
    """Return field values with exact numbers; anything but text, number, yes/no, null is noted."""
    exact = {}
    for name, value in values.items():
        _check_text(name, path, found)
        if isinstance(value, Mapping | list | tuple):
            text = f"{name} is not a single value: send text, a number, true, false or null."
            found.append(Problem("value_not_plain", f"{path}/{name}", text))
        else:
            exact[name] = _exact(value, f"{path}/{name}", found)
    return exact


def _mapping(item: Mapping[str, Any], path: str, found: list[Problem]) -> dict[str, Any]:
    return {key: _exact(value, f"{path}/{key}", found) for key, value in item.items()}


def _exact(value: Any, path: str, found: list[Problem]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        _check_text(value, path, found)
        return value
    if isinstance(value, int | float | Decimal):
        return _exact_number(value, path, found)
    if isinstance(value, Mapping):
        return _mapping(value, path, found)
    return [_exact(item, f"{path}/{n}", found) for n, item in enumerate(value)]


def _exact_number(number: float | Decimal, path: str, found: list[Problem]) -> int | float:
    """Return a whole number or double that stands for exactly this number."""
    try:
        double = float(number)
    except (OverflowError, ValueError):
        double = math.nan
    if not math.isfinite(double) or abs(double) > LARGEST_WHOLE:
        fits = False
    else:
        # The shortest decimal text of the double must be the number that was sent.
        fits = Decimal(repr(double)) == Decimal(str(number))
    if not fits:
        text = f"{number} cannot be kept exactly as a JSON number: send it as text."
        found.append(Problem("number_not_exact", path, text))
        return 0
    return int(double) if double.is_integer() else double


def _confidence(confidence: Decimal | None, found: list[Problem]) -> Decimal | None:
    if confidence is None:
        return None
    if not confidence.is_finite() or not 0 <= confidence <= 1:
        found.append(Problem("bad_confidence", "/confidence", "Confidence lies between 0 and 1."))
        return None
    return confidence.quantize(Decimal("0.0001"))


def _check_text(text: str, path: str, found: list[Problem]) -> None:
    if text.isascii() and text.isprintable():
        return
    for char in text:
        if char not in LINE_CHARACTERS and unicodedata.category(char) in REFUSED_CATEGORIES:
            words = f"The text holds the control character U+{ord(char):04X}: remove it."
            found.append(Problem("bad_character", path, words))
            return
