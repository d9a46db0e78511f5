"""A line to sign off, before it is stored. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.kernel.canonical import digest

LONGEST_TITLE, LONGEST_SUBJECT, LONGEST_FLAG = 250, 250, 160
Fact = tuple[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """One thing that somebody has to look at and sign off."""

    section: str
    subject_kind: str
    subject_id: str
    title: str
    words: str = ""
    facts: Sequence[Fact] = ()
    href: str = ""
    flags: Sequence[str] = ()
    # User names of those whose own access it is.
    barred: Sequence[str] = field(default_factory=tuple)

    def columns(self, position: int) -> dict[str, Any]:
        """Return the columns of its row, with the digest of what stands on the screen."""
        shown = {
            "section": self.section,
            "subject_kind": self.subject_kind,
            "subject_id": self.subject_id[:LONGEST_SUBJECT],
            "title": self.title[:LONGEST_TITLE],
            "words": self.words,
            "facts": [list(fact) for fact in self.facts],
            "href": self.href,
            "flags": [flag[:LONGEST_FLAG] for flag in self.flags],
            "barred": sorted(set(self.barred)),
        }
        return {**shown, "position": position, "digest": digest({**shown, "at": position})}


def digest_of_signed(lines: Iterable[Sequence[Any]]) -> str:
    """Return the digest over a round: each line's own, its verdict, the words, who and when."""
    return digest([[str(value) for value in line] for line in lines])
