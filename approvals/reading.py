"""What the review page says, made from a proposal's detail; no queries, no requests."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from approvals.detail import Detail
from approvals.diff import RecordDiff, Setting, record_diffs
from approvals.evidence import supporting
from approvals.lines import label_of
from approvals.models import Decision, Proposal, Review, Revision
from approvals.narration import LedgerLine, Written
from approvals.outlook import Outlook, Situation, outlook
from approvals.sla_words import why_due
from approvals.states import Operation, ProposalState, ReviewState, RevisionCause, Vote
from orchestrator.workflows.definition import ActionDefinition


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the proposal: what changes in it, where it is in the CRM, what was written."""

    diff: RecordDiff
    href: str
    written: Written | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding of the frozen verdict."""

    rule: str
    text: str
    icon: str
    tone: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of the route: who decides, why they, and what they said."""

    number: int
    role: str
    assignee: str
    state: str
    quorum: int
    why: str
    asked_role: str
    # What its due time was computed with, once it opened.
    clock: str
    votes: Sequence[Decision]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question of a person, and the requester's answer when it came."""

    question: Decision
    answer: Revision | None


CHECKS = {
    "passed": ("circle-check", "good", "passed"),
    "note": ("alert-circle", "warn", "to note"),
    "failed": ("alert-triangle", "warn", "not as expected"),
}
ASKING = ("user-check", "info", "asks for people")
REFUSING = ("circle-x", "bad", "refused")


def records(
    detail: Detail,
    *,
    links: Mapping[int, str],
    written: Sequence[Written],
    setting: Setting | None = None,
) -> list[Record]:
    """Return every record with its differences; with a `setting`, in the words of the CRM."""
    known = setting or Setting(
        kinds=detail.proposal.headline.get("kinds", {}),
        exhibits=supporting(detail.revision.content),
    )
    diffs = record_diffs(detail.changes, conflict=open_conflict(detail), setting=known)
    found = dict(enumerate(written))
    return [
        Record(diff, links.get(diff.position, ""), found.get(number))
        for number, diff in enumerate(diffs)
    ]


def open_conflict(detail: Detail) -> dict[str, Any] | None:
    """Return what was found after an earlier approval, while people look at it again."""
    return detail.revision.conflict if detail.proposal.state == ProposalState.IN_REVIEW else None


def is_undecided(detail: Detail) -> bool:
    """Say whether the record moved before anybody's approval could count."""
    found = (open_conflict(detail) or {}).get("changes", ())
    return any(each.get("undecided") for each in found)


def column_words(proposal: Proposal) -> tuple[str, str]:
    """Return what the old and the new values are called: only while open is the old one now."""
    if proposal.state in (ProposalState.COMMITTED, ProposalState.REVERTED):
        return "Before", "Written"
    return ("When read" if proposal.closed_at else "Now"), "Proposed"


def checks(verdict: Mapping[str, Any]) -> list[Check]:
    """Return the findings in order, those that refuse marked as such."""
    return [_check(finding) for finding in verdict.get("findings", ())]


def _check(finding: Mapping[str, Any]) -> Check:
    icon, tone, said = CHECKS.get(finding["check"], CHECKS["note"])
    if finding["outcome"] == "review" and finding["check"] == "passed":
        icon, tone, said = ASKING
    if finding["outcome"] == "refuse":
        icon, tone, said = REFUSING
    return Check(rule=finding["rule"], text=finding["text"], icon=icon, tone=tone, said=said)


def stages(reviews: Sequence[Review]) -> list[Stage]:
    """Return the route of the revision that is decided on."""
    return [
        Stage(
            number=review.stage,
            role=review.role.title,
            assignee=review.assignee.display_name if review.assignee else "",
            state=str(review.state),
            quorum=review.quorum,
            why=review.policy["why"],
            asked_role=(review.policy["role"] if review.policy["role"] != review.role.slug else ""),
            clock=why_due(review.policy),
            votes=list(review.decisions.all()),
        )
        for review in reviews
    ]


def exchanges(detail: Detail) -> list[Exchange]:
    """Return the questions that people asked, oldest first, each with its answer."""
    by_number = {revision.number: revision for revision in detail.revisions}
    numbers = {revision.pk: revision.number for revision in detail.revisions}
    asked = [
        vote
        for review in detail.reviews
        if review.state == ReviewState.SENT_BACK
        for vote in review.decisions.all()
        if vote.vote == Vote.SEND_BACK
    ]
    return [Exchange(vote, _answer(by_number.get(numbers[vote.revision_id] + 1))) for vote in asked]


def _answer(revision: Revision | None) -> Revision | None:
    answered = revision is not None and revision.cause == RevisionCause.ANSWERED
    return revision if answered else None


def standing(
    detail: Detail, written: Sequence[Written], story: Sequence[LedgerLine] = ()
) -> Outlook:
    """Return where the proposal stands and what happens next."""
    proposal, review = detail.proposal, detail.open_review
    # Why an approved change waits is known to the commit engine, which says so in the ledger.
    waits = proposal.state == ProposalState.APPROVED and story and story[-1].event == "commit.held"
    return outlook(
        Situation(
            state=str(proposal.state),
            preparing=proposal.prepare_at is not None,
            attempts=proposal.prepare_attempts,
            code=proposal.outcome_code,
            text=str(story[-1].detail.get("text", "")) if waits else proposal.outcome_text,
            role=_who_decides(review) if review else "",
            mine=detail.may_decide,
            automatic=proposal.outcome_code == "automatic" and not waits,
            differs=any(each.differs for each in written),
            reverted_by=proposal.reverted_by_id or "",
        )
    )


def _who_decides(review: Review) -> str:
    return review.assignee.display_name if review.assignee else review.role.title


def heading(detail: Detail) -> str:
    """Return what the page is about."""
    return label_of(detail.proposal) if len(detail.changes) == 1 else _many(detail)


def _many(detail: Detail) -> str:
    return detail.proposal.title or f"{len(detail.changes)} changes"


def way_back(detail: Detail, action: ActionDefinition | None) -> str:
    """Say in a word whether it can be undone."""
    if action is None or not action.reversible:
        return "cannot be undone"
    deletes = any(change.operation == Operation.DELETE for change in detail.changes)
    return "partly reversible" if deletes else "reversible"


def as_json(revision: Revision) -> str:
    """Return the revision as its digest covers it, for people who want every character."""
    return json.dumps(revision.content, ensure_ascii=False, indent=2, sort_keys=True)
