"""
A proposal on one screen of a phone, for somebody who is called: what fits, and whether that is all.

Whoever approves has to have seen everything. So what the screen leaves out is named, and while
anything is, it offers no approval: the whole page does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from approvals import reading
from approvals.detail import Detail
from approvals.diff import FieldDiff, RecordDiff
from approvals.evidence import Exhibit, exhibits
from approvals.states import Operation, Purpose, Risk

MOST_FIELDS = 4
LONGEST_VALUE = 60
LONGEST_REASON = 280
MOST_EVIDENCE = 2
LONGEST_TITLE = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What the screen shows, and in words what it leaves out."""

    heading: str
    record: RecordDiff
    fields: Sequence[FieldDiff]
    more_fields: int
    more_records: int
    title: str
    reason_code: str
    reason: str
    evidence: Sequence[Exhibit]
    evidence_count: int
    left_out: Sequence[str]

    @property
    def is_everything(self) -> bool:
        """Say whether nothing that is decided on is missing from the screen."""
        return not self.left_out


def screen(found: Detail) -> Screen:
    """Return the screen of a proposal; no queries, no requests."""
    diffs = [each.diff for each in reading.records(found, links={}, written=[])]
    content: Mapping[str, Any] = found.revision.content
    first = diffs[0]
    shown = exhibits(content)
    left_out = [*_risky(found), *_of_records(diffs), *_of_words(found, content, shown)]
    return Screen(
        heading=reading.heading(found),
        record=first,
        fields=first.fields[:MOST_FIELDS],
        more_fields=max(len(first.fields) - MOST_FIELDS, 0),
        more_records=len(diffs) - 1,
        title=content.get("title") or "",
        reason_code=content["reason"]["code"],
        reason=content["reason"]["text"],
        evidence=shown[:MOST_EVIDENCE],
        evidence_count=len(shown),
        left_out=left_out,
    )


def _risky(found: Detail) -> Iterator[str]:
    if found.proposal.risk == Risk.HIGH:
        yield "the risk is high"
    if found.proposal.purpose == Purpose.ROLLBACK:
        yield "it takes earlier writes back"
    if reading.open_conflict(found):
        yield "the record moved after it was approved"
    if found.proposal.prepare_at is not None:
        yield "the records are still being read"
    if reading.exchanges(found):
        yield "there were questions and answers"


def _of_records(diffs: Sequence[RecordDiff]) -> Iterator[str]:
    first = diffs[0]
    if len(diffs) > 1:
        yield f"it changes {len(diffs)} records"
    if first.operation == Operation.DELETE:
        yield "it deletes a record"
    elif not first.known:
        yield "the record has not been read yet"
    if len(first.fields) > MOST_FIELDS:
        yield f"it changes {len(first.fields)} fields"
    if any(_is_long(field) for field in first.fields):
        yield "a text is too long for this screen"
    if any(field.claimed for field in first.fields):
        yield "the agent believed other values to be there"
    if len(first.label) > LONGEST_TITLE:
        yield "the record's name is too long for this screen"


def _of_words(found: Detail, content: Mapping[str, Any], shown: Sequence[Exhibit]) -> Iterator[str]:
    title = content.get("title") or ""
    if max(len(reading.heading(found)), len(title)) > LONGEST_TITLE:
        yield "its title is too long for this screen"
    if _lines(content["reason"]["text"]) > LONGEST_REASON:
        yield "the reason is too long for this screen"
    if len(shown) > MOST_EVIDENCE:
        yield f"there are {len(shown)} pieces of evidence"
    if any(item.quote or len(item.title) > LONGEST_TITLE for item in shown):
        yield "the evidence has more to read"


def _is_long(field: FieldDiff) -> bool:
    return field.long or any(_lines(value) > LONGEST_VALUE for value in (field.old, field.new))


def _lines(value: Any) -> int:
    """Return how much room a value takes: its letters, and a line for each end of a line."""
    text = str(value)
    return len(text) + text.count("\n") * LONGEST_VALUE
