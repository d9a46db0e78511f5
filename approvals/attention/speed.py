"""
How long reading takes, and what came sooner than that. Pure.

Adults read non-fiction silently at 238 words a minute (Brysbaert 2019, Journal of Memory and
Language 109, 104047: 190 studies); skimming, which passes over much, goes at about 450 (Carver
1992, Journal of Reading 36). What a person is told is the first; what counts as too fast is less
than skimming the change and its reason, so that nobody who reads quickly is ever told so.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

READING_PER_MINUTE, SKIMMING_PER_MINUTE = 238, 450
# Finding the place, and pressing the button: nobody does both and looks in less.
LEAST = dt.timedelta(seconds=1.5)
# Whoever took so long is told nothing, however much there was to read.
ENOUGH = dt.timedelta(seconds=60)
# Of one value or one quotation: the rest is looked up when it matters.
MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Material:
    """What there was to read, in words."""

    changed_fields: int
    # The change itself and the reason for it: what nobody can decide without.
    needed: int
    evidence: int = 0

    @property
    def takes(self) -> dt.timedelta:
        """Return how long reading all of it takes."""
        return LEAST + dt.timedelta(minutes=(self.needed + self.evidence) / READING_PER_MINUTE)

    @property
    def least(self) -> dt.timedelta:
        """Return the time in which the change and its reason can be skimmed."""
        skimmed = dt.timedelta(minutes=self.needed / SKIMMING_PER_MINUTE)
        return min(max(skimmed, LEAST), ENOUGH)

    def too_fast(self, took: dt.timedelta) -> bool:
        """Say whether nobody can have read it in this time."""
        return took < self.least


def material_of(
    *, title: str, reason: str, changes: Iterable["Shown"], evidence: Iterable[str]
) -> Material:
    """Return how much there is to read of one proposal."""
    listed = list(changes)
    needed = words_in(title) + words_in(reason) + sum(each.words for each in listed)
    fields = sum(max(len(each.fields), 1) for each in listed)
    return Material(fields, needed, sum(words_in(each) for each in evidence))


@dataclass(frozen=True, slots=True)
class Shown:
    """One record of a change, as it stands on the page: its name, and each field before and now."""

    label: str
    fields: dict[str, tuple[Any, Any]]

    @property
    def words(self) -> int:
        """Return the words of the record's name and of every field with what differs in it."""
        values = (differing(old, new) + 1 for old, new in self.fields.values())
        return words_in(self.label) + sum(values)


def evidence_words(content: Mapping[str, Any]) -> list[str]:
    """Return what there is to read of a revision's evidence: its titles and quotations."""
    return [f"{item.get('title') or ''} {item.get('quote') or ''}" for item in content["evidence"]]


def material_of_lines(lines: Iterable[tuple[str, str]]) -> Material:
    """
    Return how much there is to read of a list: of each line a name, and what happens to it.

    What happens is read once however often it stands there, as on a page of like changes.
    """
    listed = list(lines)
    names = sum(words_in(name) for name, _ in listed)
    said = sum(words_in(what) for what in {what for _, what in listed})
    return Material(len(listed), names + said)


def differing(old: Any, new: Any) -> int:
    """Return the words of a value before and now that are not the same in both."""
    before, after = _words(old), _words(new)
    same = 0
    if min(len(before), len(after)) > 1:
        # What both begin and end with is passed over.
        pairs = list(zip(before, after, strict=False))
        same = next((n for n, (b, a) in enumerate(pairs) if b != a), len(pairs))
    counted = chain(before[same:][:MOST_WORDS], after[same:][:MOST_WORDS])
    return sum(1 for _ in counted)


def words_in(text: Any) -> int:
    """Return how many words of a text there are to read, MOST_WORDS at most."""
    return min(len(_words(text)), MOST_WORDS)


def _words(value: Any) -> list[str]:
    return [] if value is None else str(value).split()
