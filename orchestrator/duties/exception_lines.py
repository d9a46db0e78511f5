"""The lines of an exception review: what did not go its usual way in a workflow, by cause."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Max, Q
from django.urls import reverse

from approvals.models import Override, Proposal, Review, Revision
from approvals.states import ProposalState, RevisionCause
from orchestrator.commits.causes import cause_of
from orchestrator.commits.models import DeadLetter, Reversal
from orchestrator.commits.states import LetterKind, ReversalState
from orchestrator.duties.access_lines import day
from orchestrator.duties.lines import NewLine
from orchestrator.paging.models import PageCall
from orchestrator.reconciliation.models import Finding
from orchestrator.reconciliation.states import Kind
from orchestrator.workflows.models import Workflow

FAILURES, DECISIONS, TIME, CRM, NOTHING = "failures", "decisions", "time", "crm", "nothing"
ENDED = {
    ProposalState.DENIED: "People denied it",
    ProposalState.EXPIRED: "It expired",
    ProposalState.REFUSED: "Policy refused it",
}
LETTERS = {
    LetterKind.FAILED: "Not written",
    LetterKind.UNKNOWN: "Outcome unknown",
    LetterKind.UNREAD: "Written, not read back",
}
FOUND = {
    Kind.BY_PERSON: "Changed by a person since we wrote it",
    Kind.BY_AUTOMATION: "Changed by automation since we wrote it",
    Kind.MISSING: "The record is missing",
    Kind.UNREADABLE: "No longer readable",
}


@dataclass(frozen=True, slots=True)
class Span:
    """One workflow and the time that the review looks at."""

    workflow: Workflow
    since: dt.datetime
    until: dt.datetime

    def within(self, name: str) -> Q:
        """Return the condition that a moment lies in the time looked at."""
        return Q(**{f"{name}__gte": self.since, f"{name}__lt": self.until})

    def href(self, route: str, **query: str) -> str:
        """Return the address of a list, narrowed to the workflow."""
        return f"{reverse(route)}?{urlencode({'workflow': self.workflow.slug, **query})}"


def exception_lines(*, workflow: Workflow, since: dt.datetime, until: dt.datetime) -> list[NewLine]:
    """Return a line for each cause of exceptions in this time, or one that says there were none."""
    span = Span(workflow, since, until)
    found = [
        *_letters(span),
        *_ended(span),
        *_overridden(span),
        *_moved(span),
        *_unsure(span),
        *_reverted(span),
        *_breached(span),
        *_paged(span),
        *_differences(span),
    ]
    return found or [_none(span)]


def _line(
    section: str, span: Span, key: str, title: str, row: dict[str, Any], href: str
) -> NewLine:
    count = int(row["count"])
    last = [("Last", day(row["last"]))] if row.get("last") else []
    return NewLine(
        section=section,
        subject_kind="exceptions",
        subject_id=f"{span.workflow.slug}:{key}",
        title=title,
        words="Once." if count == 1 else f"{count:,} times.",
        facts=[("How often", count), *last],
        href=href,
    )


def _letters(span: Span) -> Iterator[NewLine]:
    rows = DeadLetter.objects.filter(span.within("opened_at"), workflow=span.workflow)
    for row in _counted(rows.values("kind", "cause"), "pk", "opened_at"):
        kind, cause = LetterKind(row["kind"]), row["cause"]
        title = f"{LETTERS[kind]}: {cause_of(cause, kind=kind).title}"
        href = span.href("commits:show-failures", cause=cause)
        yield _line(FAILURES, span, f"letter:{kind}:{cause}", title, row, href)


def _ended(span: Span) -> Iterator[NewLine]:
    rows = Proposal.objects.filter(
        span.within("closed_at"), workflow=span.workflow, state__in=list(ENDED)
    )
    for row in _counted(rows.values("state", "action", "outcome_code"), "pk", "closed_at"):
        state, code = ProposalState(row["state"]), row["outcome_code"]
        title = f"{ENDED[state]}: {row['action']}" + (f", {_said(code)}" if code else "")
        href = span.href("approvals:show-inbox", tab="decided")
        yield _line(DECISIONS, span, f"{state}:{row['action']}:{code}", title, row, href)


def _overridden(span: Span) -> Iterator[NewLine]:
    rows = Override.objects.filter(span.within("at"), workflow=span.workflow, settles=True)
    for row in _counted(rows.values("proposal__action", "review__role__title"), "pk", "at"):
        action, role = row["proposal__action"], row["review__role__title"]
        title = f"Decided in the place of {role}: {action}"
        href = span.href("audit:show-ledger", event="review.overridden")
        yield _line(DECISIONS, span, f"overridden:{action}:{role}", title, row, href)


def _moved(span: Span) -> Iterator[NewLine]:
    rows = Revision.objects.filter(
        span.within("created_at"),
        proposal__workflow=span.workflow,
        cause=RevisionCause.RECORD_MOVED,
    )
    for row in _counted(rows.values("proposal__action"), "pk", "created_at"):
        action = row["proposal__action"]
        title = f"The record moved before it could be written: {action}"
        href = span.href("audit:show-ledger", event="proposal.returned")
        yield _line(DECISIONS, span, f"moved:{action}", title, row, href)


def _unsure(span: Span) -> Iterator[NewLine]:
    rows = Revision.objects.filter(
        span.within("prepared_at"),
        proposal__workflow=span.workflow,
        verdict__findings__contains=[{"rule": "confidence", "outcome": "review"}],
    )
    for row in _counted(rows.values("proposal__action"), "proposal", "prepared_at"):
        action = row["proposal__action"]
        title = f"Too unsure to go without people: {action}"
        href = span.href("approvals:show-inbox", tab="all")
        yield _line(DECISIONS, span, f"unsure:{action}", title, row, href)


def _reverted(span: Span) -> Iterator[NewLine]:
    rows = Reversal.objects.filter(
        span.within("closed_at"),
        commit__proposal__workflow=span.workflow,
        state=ReversalState.DONE,
    )
    for row in _counted(rows.values("commit__proposal__action"), "commit", "closed_at"):
        action = row["commit__proposal__action"]
        href = span.href("audit:show-ledger", event="proposal.reverted")
        yield _line(FAILURES, span, f"reverted:{action}", f"Taken back: {action}", row, href)


def _breached(span: Span) -> Iterator[NewLine]:
    late = Q(closed_at__isnull=True) | Q(closed_at__gt=F("due_at"))
    rows = Review.objects.filter(
        late, span.within("due_at"), workflow=span.workflow, opened_at__isnull=False
    )
    for row in _counted(rows.values("role__slug", "role__title"), "pk", "due_at"):
        title = f"Decided too late, or not yet: {row['role__title']}"
        href = span.href("approvals:show-inbox", tab="all")
        yield _line(TIME, span, f"breached:{row['role__slug']}", title, row, href)


def _paged(span: Span) -> Iterator[NewLine]:
    rows = PageCall.objects.filter(span.within("opened_at"), workflow=span.workflow.slug)
    for row in _counted(rows.order_by().values("subject_kind"), "pk", "opened_at"):
        kind = row["subject_kind"]
        title = f"On-call people were paged about a {kind}"
        yield _line(TIME, span, f"paged:{kind}", title, row, "/pages/")


def _differences(span: Span) -> Iterator[NewLine]:
    """Count records, not findings: the same difference is found again every day."""
    rows = Finding.objects.filter(span.within("run__finished_at"), workflow=span.workflow)
    for row in _counted(rows.values("kind"), "record_id", "run__finished_at"):
        kind = Kind(row["kind"])
        href = span.href("reconciliation:show-runs", kind=kind)
        yield _line(CRM, span, f"found:{kind}", FOUND[kind], row, href)


def _none(span: Span) -> NewLine:
    words = f"From {day(span.since)} to {day(span.until)} everything went its usual way."
    return NewLine(
        section=NOTHING,
        subject_kind="exceptions",
        subject_id=f"{span.workflow.slug}:none",
        title="No exceptions",
        words=words,
        href=span.href("audit:show-ledger"),
    )


def _counted(rows: Any, each: str, when: str) -> Iterable[dict[str, Any]]:
    """Count by what the rows are grouped by, the most frequent first."""
    counted = rows.order_by().annotate(count=Count(each, distinct=True), last=Max(when))
    found: Iterable[dict[str, Any]] = counted.order_by("-count", "-last")
    return found


def _said(code: str) -> str:
    return code.replace("_", " ")
