"""Moving commits and their proposals together, with the ledger, inside the caller's transaction."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from approvals import outcomes
from audit import ledger
from audit.ledger import NewEntry
from orchestrator.commits import triage
from orchestrator.commits.batch import Item
from orchestrator.commits.models import Attempt
from orchestrator.commits.moves import UNCLAIMED, move_rows, same_for_all
from orchestrator.commits.states import CommitState, LetterKind
from orchestrator.kernel.actors import system
from orchestrator.kernel.states import StaleState

ENGINE = system("commit engine")
C = CommitState


def entry(item: Item, event: str, at: dt.datetime, **detail: Any) -> NewEntry:
    """Return a ledger entry of the engine about one commit."""
    return NewEntry(
        event=event,
        by=ENGINE,
        at=at,
        subject_kind="proposal",
        subject_id=item.proposal.pk,
        proposal_id=item.proposal.pk,
        workflow=item.commit.workflow,
        agent=item.commit.agent,
        detail={"commit": item.id, **detail},
    )


def start(items: Sequence[Item], *, at: dt.datetime) -> set[str]:
    """Move the proposals on and note that writing starts; return the ids of those that moved."""
    moved = outcomes.mark_committing(proposal_ids=[item.proposal.pk for item in items], at=at)
    ledger.append(
        entry(item, "commit.started", at, attempt=item.attempt)
        for item in items
        if item.proposal.pk in moved
    )
    return moved


def cancel(items: Sequence[Item], *, at: dt.datetime) -> None:
    """Cancel queued commits whose proposals are no longer approved."""
    if not items:
        return
    rows = same_for_all([item.id for item in items], finished_at=at)
    moved = move_rows(rows, left=C.QUEUED, to=C.CANCELLED, claim="")
    ledger.append(
        entry(item, "commit.cancelled", at, text=f"The proposal is {item.proposal.state} now.")
        for item in items
        if item.id in moved
    )


def return_to_people(
    item: Item,
    *,
    code: str,
    text: str,
    changes: Sequence[dict[str, Any]],
    claim: str,
    at: dt.datetime,
) -> None:
    """
    Close the commit as a conflict and ask people again, with what was approved and what is now.

    :raises StaleState: if the commit is no longer ours
    """
    left = C.CLAIMED if claim else C.QUEUED
    row = {
        "id": item.id,
        "finished_at": at,
        "sent_at": None,
        "error_class": "conflict",
        "error_code": code[:80],
        "error_text": text,
    }
    check_all_moved(move_rows([row], left=left, to=C.CONFLICT, claim=claim), [item])
    outcomes.return_to_people(
        proposal_id=item.proposal.pk,
        conflict={"code": code, "text": text, "changes": list(changes)},
        code=code,
        text=text,
        by=ENGINE,
        at=at,
    )


def postpone(
    items: Sequence[Item],
    *,
    left: CommitState = C.CLAIMED,
    claim: str,
    error: tuple[str, str, str],
    due_at: dt.datetime,
    counts: bool,
    at: dt.datetime,
) -> None:
    """
    Put commits back into the queue: nothing of them was written.

    :raises StaleState: if one is no longer ours
    """
    if not items:
        return
    error_class, code, text = error
    rows = [
        {
            "id": item.id,
            **UNCLAIMED,
            "due_at": due_at,
            "failures": item.commit.failures + counts,
            "error_class": error_class,
            "error_code": code[:80],
            "error_text": text,
        }
        for item in items
    ]
    check_all_moved(move_rows(rows, left=left, to=C.QUEUED, claim=claim), items)
    ids = [item.proposal.pk for item in items]
    outcomes.mark_postponed(proposal_ids=ids, code=code, text=text, at=at)
    close_attempts(items, outcome="postponed", error=error, at=at)
    detail = {"code": code, "text": text, "next_at": due_at.isoformat()}
    ledger.append(
        entry(item, "commit.postponed", at, attempt=item.attempt, **detail) for item in items
    )


def fail(
    items: Sequence[Item],
    *,
    left: CommitState = C.CLAIMED,
    claim: str,
    error: tuple[str, str, str],
    at: dt.datetime,
) -> None:
    """
    Make dead letters: the CRM refuses for good, or every try is used up; a person is needed.

    :raises StaleState: if one is no longer ours
    """
    if not items:
        return
    error_class, code, text = error
    rows = same_for_all(
        [item.id for item in items],
        finished_at=at,
        sent_at=None,
        error_class=error_class,
        error_code=code[:80],
        error_text=text,
    )
    check_all_moved(move_rows(rows, left=left, to=C.FAILED, claim=claim), items)
    ids = [item.proposal.pk for item in items]
    outcomes.mark_failed(proposal_ids=ids, code=code, text=text, at=at)
    triage.open_letters(items, kind=LetterKind.FAILED, error=error, at=at)
    close_attempts(items, outcome="failed", error=error, at=at)
    detail = {"error_class": error_class, "code": code, "text": text}
    ledger.append(
        entry(item, "commit.failed", at, attempt=item.attempt, **detail) for item in items
    )


def lose_sight(items: Sequence[Item], *, claim: str, code: str, text: str, at: dt.datetime) -> None:
    """
    Say that nobody knows whether these were written; reading back settles it.

    :raises StaleState: if one is no longer ours
    """
    if not items:
        return
    rows = same_for_all(
        [item.id for item in items],
        orphaned_at=at,
        finished_at=None,
        error_class="unknown",
        error_code=code[:80],
        error_text=text,
    )
    check_all_moved(move_rows(rows, left=C.CLAIMED, to=C.UNKNOWN, claim=claim), items)
    ids = [item.proposal.pk for item in items]
    outcomes.mark_unknown(proposal_ids=ids, code=code, text=text, at=at)
    close_attempts(items, outcome="unknown", error=("unknown", code, text), at=at)
    ledger.append(
        entry(item, "commit.unknown", at, attempt=item.attempt, code=code, text=text)
        for item in items
    )


def close_attempts(
    items: Iterable[Item],
    *,
    outcome: str,
    error: tuple[str, str, str] = ("", "", ""),
    at: dt.datetime,
) -> None:
    """Note what became of the tries under way; one that was never announced has no row."""
    error_class, code, text = error
    by_number: dict[int, list[str]] = defaultdict(list)
    for item in items:
        by_number[item.attempt].append(item.id)
    for number, ids in by_number.items():
        Attempt.objects.filter(commit__in=ids, number=number, finished_at=None).update(
            outcome=outcome,
            error_class=error_class,
            error_code=code[:80],
            error_text=text,
            finished_at=at,
        )


def check_all_moved(moved: Collection[str], items: Sequence[Item]) -> None:
    """
    Refuse to go on when another worker has taken a commit.

    :raises StaleState: if so
    """
    if len(moved) != len(items):
        raise StaleState("Another worker has taken a commit of this batch.")
