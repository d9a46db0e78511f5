"""What a person made of a proposal, beside what it was: for whoever reads it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from approvals.altering_words import names_of
from approvals.detail import Detail
from approvals.forms import REASON_WORDS
from approvals.models import Revision
from approvals.queries import OF_THE_REQUESTER
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


def altered(found: Detail) -> list[AlteredView]:
    """Return what people made of what the agent last asked for, newest first."""
    own = takewhile(lambda each: each.cause not in OF_THE_REQUESTER, found.revisions)
    kinds = found.proposal.headline.get("kinds", {})
    return [_view(each, each.alteration, kinds) for each in own if each.alteration is not None]


def _view(made: Revision, told: Mapping[str, Any], kinds: Mapping[str, str]) -> AlteredView:
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
