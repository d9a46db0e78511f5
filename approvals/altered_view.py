"""What a person made of a proposal, beside what it was: for whoever reads it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from approvals.altering_words import names_of
from approvals.detail import Detail
from approvals.forms import REASON_WORDS
from approvals.states import DenyReason


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedValue:
    """One value before and after."""

    path: str
    kind: str
    proposed: Any
    approved: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AlteredView:
    """The revision of a person beside the one that it was made from."""

    author: str
    origin: int
    number: int
    edits: Sequence[EditedValue]
    left_out: Sequence[str]
    reason: str
    text: str


def altered(found: Detail) -> AlteredView | None:
    """Return the latest alteration of a proposal, or None if nobody altered it."""
    made = next((each for each in found.revisions if each.alteration is not None), None)
    if made is None or made.alteration is None:
        return None
    kinds = found.proposal.headline.get("kinds", {})
    told = made.alteration
    code = told["reason"]["code"]
    return AlteredView(
        author=made.author_label,
        origin=told["from"],
        number=made.number,
        edits=[
            EditedValue(
                path=(path := f"{each['object_name']}.{each['field']}"),
                kind=kinds.get(path, ""),
                proposed=each["proposed"],
                approved=each["approved"],
            )
            for each in told["edited"]
        ],
        left_out=[name for each in told["left_out"] for name in names_of(each)],
        reason=REASON_WORDS[DenyReason(code)] if code else "",
        text=told["reason"]["text"],
    )
