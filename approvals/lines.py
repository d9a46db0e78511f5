"""One line of the inbox, ready to be shown."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from approvals.inbox import Row
from approvals.models import Proposal
from approvals.sla_words import why_due
from approvals.states import Operation, Risk
from orchestrator.kernel.hidden import is_hidden

MOST_FIELDS = 4


@dataclass(frozen=True, slots=True)
class FirstChange:
    """The first value that changes."""

    field: str
    old: Any
    new: Any
    kind: str
    # False where there is no old value to show: a create, or a record not read yet.
    compared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one row of the list says."""

    id: str
    digest: str
    state: str
    risk: str
    object_name: str
    label: str
    title: str
    operation: str
    what: str
    more: int
    first: FirstChange | None
    warning: str
    tone: str
    agent: str
    workflow: str
    confidence: Any
    # Whom it waits for, and until when; empty once it is decided.
    role: str
    assignee: str
    due_at: dt.datetime | None
    opened_at: dt.datetime | None
    ended_at: dt.datetime | None
    created_at: dt.datetime
    # Why it is due then.
    clock: str


def lines(rows: Sequence[Row]) -> list[Line]:
    """Return the lines of a page, whose rows hold only what their reader may see."""
    return [_line(row) for row in rows]


def _line(row: Row) -> Line:
    proposal, review = row.proposal, row.review
    shown = proposal.headline
    warning, tone = warning_of(proposal)
    assignee = review.assignee if review else None
    return Line(
        id=proposal.pk,
        digest=proposal.digest,
        state=str(proposal.state),
        risk=str(proposal.risk),
        object_name=shown["object"],
        label=label_of(proposal),
        title=proposal.title,
        operation=shown["operation"],
        what=_fields(shown),
        more=shown["changes"] - 1,
        first=_first(shown),
        warning=warning,
        tone=tone,
        agent=proposal.agent.title if proposal.agent else proposal.requester_label,
        workflow=proposal.workflow.title,
        confidence=proposal.confidence,
        role=review.role.title if review else "",
        assignee=assignee.display_name if assignee else "",
        due_at=review.due_at if review else None,
        opened_at=review.opened_at if review else None,
        ended_at=None if review else proposal.closed_at or proposal.approved_at,
        created_at=proposal.created_at,
        clock=why_due(review.policy) if review else "",
    )


def label_of(proposal: Proposal) -> str:
    """Return what the proposal is about: the record's name, or what it will be."""
    shown = proposal.headline
    if shown["operation"] == Operation.CREATE:
        return proposal.title or f"New {shown['object']}"
    if is_hidden(shown["label"]):
        return f"{shown['object']} {shown['record_id']}"
    return str(shown["label"] or shown["record_id"])


def warning_of(proposal: Proposal) -> tuple[str, str]:
    """Return what a reader should not miss, and its tone; nothing where all is plain."""
    shown = proposal.headline
    if shown["invisible"]:
        return "hidden characters", "bad"
    if shown.get("lookalikes"):
        return "look-alike letters", "bad"
    if shown["operation"] == Operation.DELETE:
        return "deletes a record", "bad"
    if proposal.risk_reasons:
        return str(proposal.risk_reasons[0]), "bad" if proposal.risk == Risk.HIGH else "warn"
    return "", ""


def _fields(shown: dict[str, Any]) -> str:
    names = shown["fields"]
    rest = len(names) - MOST_FIELDS
    listed = ", ".join(names[:MOST_FIELDS])
    return f"{listed} and {rest} more" if rest > 0 else listed


def _first(shown: dict[str, Any]) -> FirstChange | None:
    first = shown["first"]
    if first is None:
        return None
    return FirstChange(
        field=first["field"],
        old=first["old"],
        new=first["new"],
        kind=first["kind"],
        compared=shown["operation"] == Operation.UPDATE and bool(shown["label"]),
    )
