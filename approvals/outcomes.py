"""The moves that only the commit engine makes, many proposals at a time where it is hot."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from psycopg import sql

from approvals import clocks
from approvals.announcing.wake import wake_announcing
from approvals.asking_again import ask_again
from approvals.bulk import move_many
from approvals.escalation import occasions
from approvals.models import Proposal, Revision
from approvals.states import ANNOUNCED, PROPOSAL_MOVES, ProposalState, RevisionCause
from audit import ledger
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import NotFound
from orchestrator.kernel.states import IllegalMove
from orchestrator.workflows.queries import definition_of

S = ProposalState


def mark_committing(*, proposal_ids: Collection[str], at: dt.datetime) -> set[str]:
    """Start to write what is still approved and in time; return the ids of those proposals."""
    return _move(
        proposal_ids,
        left=[S.APPROVED],
        to=S.COMMITTING,
        values={"outcome_code": "", "outcome_text": ""},
        also=sql.SQL("AND execute_by > %s"),
        arguments=[at],
    )


def mark_committed(*, proposal_ids: Collection[str], at: dt.datetime) -> set[str]:
    """Close what was written and read back; return the ids of those that moved."""
    return _move(
        proposal_ids,
        left=[S.COMMITTING, S.OUTCOME_UNKNOWN],
        to=S.COMMITTED,
        values={"closed_at": at, "outcome_code": "committed", "outcome_text": ""},
    )


def mark_reverted(*, proposal_id: str, by_rollback: str, text: str, at: dt.datetime) -> bool:
    """Say that a rollback's commit has taken this back; return whether it was still committed."""
    moved = _move(
        [proposal_id],
        left=[S.COMMITTED],
        to=S.REVERTED,
        values={
            "closed_at": at,
            "outcome_code": "reverted",
            "outcome_text": text,
            "reverted_by": by_rollback,
        },
    )
    return bool(moved)


def mark_postponed(
    *, proposal_ids: Collection[str], code: str, text: str, at: dt.datetime
) -> set[str]:
    """Put back what was not written and will be tried again; its approval's clock runs on."""
    return _move(
        proposal_ids,
        left=[S.COMMITTING, S.OUTCOME_UNKNOWN],
        to=S.APPROVED,
        values={"outcome_code": code[:60], "outcome_text": text},
    )


def mark_failed(
    *, proposal_ids: Collection[str], code: str, text: str, at: dt.datetime
) -> set[str]:
    """Say that a write was refused for good and needs a person."""
    return _move(
        proposal_ids,
        left=[S.COMMITTING, S.OUTCOME_UNKNOWN],
        to=S.FAILED,
        values={"moved_at": at, "outcome_code": code[:60], "outcome_text": text},
    )


def mark_unknown(
    *, proposal_ids: Collection[str], code: str, text: str, at: dt.datetime
) -> set[str]:
    """Say that nobody knows whether the write happened."""
    return _move(
        proposal_ids,
        left=[S.COMMITTING],
        to=S.OUTCOME_UNKNOWN,
        values={"moved_at": at, "outcome_code": code[:60], "outcome_text": text},
    )


@transaction.atomic
def mark_requeued(*, proposal_id: str, at: dt.datetime) -> Proposal:
    """
    Approve a failed write again on a person's word, with the whole time to execute it.

    :raises NotFound: if there is no such proposal
    :raises IllegalMove: if it has not failed
    """
    proposal = _locked(proposal_id)
    _check_state(proposal, {S.FAILED}, S.APPROVED)
    until = clocks.clocks_of(definition_of(proposal.version_id)).execute_by(approved_at=at)
    proposal.move(S.APPROVED, execute_by=until, outcome_code="requeued", outcome_text="")
    return proposal


@transaction.atomic
def mark_discarded(*, proposal_id: str, reason: str, at: dt.datetime) -> Proposal:
    """
    Give up a failed write on a person's word.

    :raises NotFound: if there is no such proposal
    :raises IllegalMove: if it has not failed
    """
    proposal = _locked(proposal_id)
    _check_state(proposal, {S.FAILED}, S.DISCARDED)
    proposal.move(S.DISCARDED, closed_at=at, outcome_code="discarded", outcome_text=reason)
    wake_announcing()
    return proposal


@transaction.atomic
def return_to_people(
    *,
    proposal_id: str,
    conflict: dict[str, Any] | None,
    code: str,
    text: str,
    by: Actor,
    at: dt.datetime,
) -> Revision:
    """
    Ask people again: the same changes as a new revision, so that no earlier vote counts for it.

    :raises NotFound: if there is no such proposal
    :raises IllegalMove: if it is neither approved nor being written
    """
    proposal = _locked(proposal_id)
    # What failed goes back as well, but by a person's correction, never by itself.
    _check_state(proposal, {S.APPROVED, S.COMMITTING}, S.IN_REVIEW)
    revision = ask_again(
        proposal,
        cause=RevisionCause.RECORD_MOVED,
        conflict=conflict,
        reason=(code, text),
        times=_whole_time_again(proposal, at),
        by=by,
        at=at,
    )
    ledger.record(
        event="proposal.returned",
        by=by,
        at=at,
        detail={"revision": revision.number, "code": code, "text": text, "conflict": conflict},
        **proposal.subject(),
    )
    if conflict is not None:
        occasions.conflicted(proposal, at=at)
    return revision


@transaction.atomic
def mark_undone(*, proposal_id: str, by: Actor, at: dt.datetime) -> Revision:
    """
    Take an approval back on the word of whoever gave it: the same changes wait for people again.

    It buys no time: the deadline is what it was.

    :raises NotFound: if there is no such proposal
    :raises IllegalMove: if it is not approved any more
    """
    proposal = _locked(proposal_id)
    _check_state(proposal, {S.APPROVED}, S.IN_REVIEW)
    text = f"{by.label} took the approval back before anything was written."
    revision = ask_again(
        proposal,
        cause=RevisionCause.UNDONE,
        conflict=None,
        reason=("approval_undone", text),
        times={"approved_at": None, "execute_by": None, "undo_until": None, "moved_at": at},
        by=by,
        at=at,
    )
    ledger.record(
        event="proposal.undone",
        by=by,
        at=at,
        detail={"revision": revision.number, "text": text},
        **proposal.subject(),
    )
    return revision


def _whole_time_again(proposal: Proposal, at: dt.datetime) -> dict[str, Any]:
    """
    Return the clocks of what people decide on again.

    The approval's own clock stops, and the requester's limit with it: it was for the first
    decision, which came in time.
    """
    return {
        "deadline_at": clocks.clocks_of(definition_of(proposal.version_id)).deadline(start=at),
        "timeout_at": None,
        "approved_at": None,
        "execute_by": None,
        "undo_until": None,
        "moved_at": at,
    }


def _move(
    proposal_ids: Collection[str],
    *,
    left: list[ProposalState],
    to: ProposalState,
    values: dict[str, Any],
    also: sql.Composable = sql.SQL(""),  # noqa: B008 - an immutable piece of SQL
    arguments: Collection[Any] = (),
) -> set[str]:
    for state in left:
        if to not in PROPOSAL_MOVES[state]:
            raise IllegalMove(f"A proposal cannot go from {state} to {to}.")
    if not proposal_ids:
        return set()
    moved = move_many(
        Proposal,
        where=sql.SQL("id = ANY(%s) AND state = ANY(%s) {}").format(also),
        values={"state": to.value, **values},
        arguments=[list(proposal_ids), [state.value for state in left], *arguments],
    )
    if moved and to in ANNOUNCED:
        wake_announcing()
    return {str(key) for (key,) in moved}


def _check_state(proposal: Proposal, left: Collection[ProposalState], to: ProposalState) -> None:
    if proposal.state not in left:
        raise IllegalMove(f"{proposal.pk} is {proposal.state} and cannot become {to}.")


def _locked(proposal_id: str) -> Proposal:
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("workflow", "agent")
        .filter(pk=proposal_id)
        .first()
    )
    if proposal is None:
        raise NotFound("There is no such proposal.")
    return proposal
