"""Commits that take others back: the pair is linked as the later one is closed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from approvals import outcomes
from approvals.states import CLOSED, ProposalState, Purpose
from audit import ledger
from audit.ledger import NewEntry
from orchestrator.commits import transitions
from orchestrator.commits.batch import Item
from orchestrator.commits.models import Commit, Reversal
from orchestrator.commits.states import ReversalState

# A rollback in one of these will never write anything.
DEAD = frozenset(CLOSED - {ProposalState.COMMITTED, ProposalState.REVERTED})
TakenBack = dict[str, list[dict[str, str]]]


def complete(items: Iterable[Item], *, at: dt.datetime) -> TakenBack:
    """
    Close the reversals of rollbacks that are done; return what each commit took back, by its id.

    Called in the transaction that closes the commits.
    """
    rollbacks = {
        item.proposal.pk: item for item in items if item.proposal.purpose == Purpose.ROLLBACK
    }
    if not rollbacks:
        return {}
    rows = _locked(list(rollbacks))
    Reversal.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=ReversalState.DONE, closed_at=at
    )
    # Other shares of the same commit may be under way; the last one of them marks it.
    waiting = set(
        Reversal.objects.filter(
            commit__in=[row.commit_id for row in rows], state=ReversalState.PROPOSED
        ).values_list("commit", flat=True)
    )
    taken_back: TakenBack = defaultdict(list)
    for row in rows:
        item = rollbacks[row.proposal_id]
        taken_back[item.id].append({"proposal": row.commit.proposal_id, "commit": row.commit_id})
    ledger.append(
        entry
        for row in rows
        if row.commit_id not in waiting
        for entry in _marked(row, rollbacks[row.proposal_id], at)
    )
    return dict(taken_back)


def drop_dead(*, at: dt.datetime) -> int:
    """Let go of what was denied, refused, withdrawn, discarded or expired; return how many."""
    return Reversal.objects.filter(state=ReversalState.PROPOSED, proposal__state__in=DEAD).update(
        state=ReversalState.DROPPED, closed_at=at
    )


def _locked(proposal_ids: Sequence[str]) -> list[Reversal]:
    """Lock the reverted commits, so that of several shares one is the last; return the rows."""
    commits = Commit.objects.filter(
        reversals__proposal__in=proposal_ids, reversals__state=ReversalState.PROPOSED
    )
    list(commits.order_by("pk").select_for_update(of=("self",), no_key=True).values("pk"))
    rows = Reversal.objects.filter(proposal__in=proposal_ids, state=ReversalState.PROPOSED)
    return list(
        rows.order_by("pk").select_related("commit__proposal__workflow", "commit__proposal__agent")
    )


def _marked(row: Reversal, item: Item, at: dt.datetime) -> Iterable[NewEntry]:
    """Mark the original as reverted, and say so where its story is told."""
    original = row.commit.proposal
    text = f"Taken back by proposal {item.proposal.pk}."
    if row.kept:
        text += f" Kept: {row.kept}"
    marked = outcomes.mark_reverted(
        proposal_id=original.pk, by_rollback=item.proposal.pk, text=text, at=at
    )
    if marked:
        yield NewEntry(
            event="proposal.reverted",
            by=transitions.ENGINE,
            at=at,
            detail={
                "commit": row.commit_id,
                "rollback": item.proposal.pk,
                "rollback_commit": item.id,
                "text": text,
                "kept": row.kept,
            },
            **original.subject(),
        )
