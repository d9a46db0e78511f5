"""Failures as rows that people read, each with its cause in plain words."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from approvals.lines import label_of
from orchestrator.commits.causes import Cause, cause_of
from orchestrator.commits.letters import Group
from orchestrator.commits.models import DeadLetter
from orchestrator.commits.states import LetterKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One failure in a list."""

    commit_id: str
    title: str
    object_name: str
    operation: str
    # The first change: field, old, new, kind of field; nothing for a delete.
    first: Any
    more: int
    workflow: str
    agent: str
    owner: str
    mine: bool
    kind: str
    cause: Cause
    opened_at: dt.datetime
    due_at: dt.datetime
    escalated: bool
    may_act: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseLines:
    """The failures of one cause: what happened, what helps, and the newest of them."""

    cause: Cause
    kind: str
    count: int
    escalated: int
    oldest: dt.datetime
    # What the CRM said last, in its own words.
    said: str
    code: str
    lines: Sequence[Line]
    href: str
    bulk_href: str

    @property
    def more(self) -> int:
        """Return how many are not shown here."""
        return self.count - len(self.lines)


def lines(
    letters: Iterable[DeadLetter], *, administered: Collection[int], reader: int
) -> list[Line]:
    """Return letters as lines; `administered` are the workflows the reader administers."""
    return [_line(letter, administered, reader) for letter in letters]


def by_cause(
    group: Group,
    *,
    administered: Collection[int],
    reader: int,
    href: str,
    bulk_href: str,
) -> CauseLines:
    """Return one cause with its newest failures."""
    shown = lines(group.letters, administered=administered, reader=reader)
    newest = group.letters[0].commit if group.letters else None
    bulk = group.kind != LetterKind.UNREAD and any(line.may_act for line in shown)
    return CauseLines(
        cause=cause_of(group.cause, kind=group.kind),
        kind=group.kind,
        count=group.count,
        escalated=group.escalated,
        oldest=group.oldest,
        said=newest.error_text if newest else "",
        code=newest.error_code if newest else "",
        lines=shown,
        href=href,
        bulk_href=bulk_href if bulk else "",
    )


def _line(letter: DeadLetter, administered: Collection[int], reader: int) -> Line:
    proposal = letter.commit.proposal
    shown = proposal.headline
    return Line(
        commit_id=letter.commit_id,
        title=label_of(proposal),
        object_name=shown["object"],
        operation=shown["operation"],
        first=shown["first"],
        more=shown["changes"] - 1,
        workflow=letter.workflow.title,
        agent=proposal.agent.title if proposal.agent else proposal.requester_label,
        owner=letter.owner.display_name,
        mine=letter.owner_id == reader,
        kind=letter.kind,
        cause=cause_of(letter.cause, kind=letter.kind),
        opened_at=letter.opened_at,
        due_at=letter.due_at,
        escalated=letter.escalated_at is not None,
        may_act=letter.workflow_id in administered,
    )
