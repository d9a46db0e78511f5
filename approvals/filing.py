"""Storing what was accepted: a new proposal, or a new revision of one."""

import datetime as dt
from typing import Any

from django.db import transaction

from approvals.acceptance import Accepted
from approvals.announcing.wake import wake_announcing
from approvals.content import content_of
from approvals.headlines import headline
from approvals.insertion import insert_new
from approvals.models import Proposal
from approvals.receipts import receipt_of
from approvals.requesters import Requester
from approvals.revisions import close_reviews, store_revision, wake_preparation
from approvals.sla_pauses import first_clocks, resumed_clocks
from approvals.states import ProposalState, Purpose, RevisionCause
from audit import ledger
from audit.ledger import NewEntry
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.kernel.canonical import digest
from orchestrator.kernel.ids import new_proposal_id

# From these a new revision opens a review of its own.
TAKEN_UP_AGAIN = frozenset({ProposalState.REVISION_REQUESTED, ProposalState.FAILED})


@transaction.atomic
def file_proposal(
    accepted: Accepted, requester: Requester, key: str, requested: str, at: dt.datetime
) -> Proposal:
    """Store a new proposal with its first revision, its changes and its ledger entry."""
    proposal, content = new_proposal(accepted, requester, key, requested, at)
    insert_new(proposal, content, cause=RevisionCause.SUBMITTED, by=requester.actor, at=at)
    ledger.append([submitted_entry(proposal, content, by=requester.actor, at=at)])
    wake_preparation()
    return proposal


def submitted_entry(
    proposal: Proposal, content: dict[str, Any], *, by: Actor, at: dt.datetime
) -> NewEntry:
    """Return the ledger entry of a new proposal."""
    return NewEntry(
        event="proposal.submitted",
        by=by,
        at=at,
        detail={
            "revision": 1,
            "digest": proposal.digest,
            "action": proposal.action,
            "reason_code": content["reason"]["code"],
            "confidence": content["confidence"],
            "run": proposal.run,
            "key": proposal.idempotency_key,
        },
        **proposal.subject(),
    )


def new_proposal(
    accepted: Accepted,
    requester: Requester,
    key: str,
    requested: str,
    at: dt.datetime,
    *,
    purpose: Purpose = Purpose.CHANGE,
) -> tuple[Proposal, dict[str, Any]]:
    """Return a new proposal and the content of its first revision, not stored yet."""
    proposal_id, draft = new_proposal_id(), accepted.draft
    content = content_of(
        draft, proposal_id=proposal_id, revision=1, version=accepted.version.number
    )
    proposal = Proposal(
        id=proposal_id,
        workflow=accepted.workflow,
        version=accepted.version,
        agent=requester.agent,
        requester_kind=requester.actor.kind,
        requester_id=requester.actor.id,
        requester_label=requester.actor.label,
        barred=list(requester.barred),
        action=draft.action,
        purpose=purpose,
        title=draft.title,
        run=draft.run,
        idempotency_key=key,
        request_digest=requested,
        digest=digest(content),
        confidence=draft.confidence,
        risk=accepted.verdict.risk,
        risk_reasons=list(accepted.verdict.risk_reasons),
        mode=accepted.workflow.mode,
        headline=headline(content),
        created_at=at,
        prepare_at=at,
        **first_clocks(accepted.definition, timeout=draft.timeout, at=at),
    )
    proposal.receipt = receipt_of(proposal, accepted.verdict)
    return proposal, content


def file_revision(
    proposal: Proposal,
    accepted: Accepted,
    content: dict[str, Any],
    *,
    cause: RevisionCause,
    by: Actor,
    at: dt.datetime,
    alteration: dict[str, Any] | None = None,
    bars: bool = True,
) -> None:
    """
    Replace the revision of an undecided or failed proposal, whose row the caller has locked.

    Whoever edits a proposal does not decide on it; `bars` is false for whose own vote counts.
    """
    fields = _revised(proposal, accepted, content, by=by, at=at)
    if not bars:
        fields["barred"] = proposal.barred
    if proposal.state in TAKEN_UP_AGAIN:
        proposal.move(ProposalState.IN_REVIEW, moved_at=at, **fields)
        # What had failed is back with people: that is news.
        wake_announcing()
    else:
        proposal.amend(**fields)
    close_reviews(proposal, at=at)
    store_revision(proposal, content, cause=cause, by=by, at=at, alteration=alteration)
    ledger.record(
        event="proposal.revised",
        by=by,
        at=at,
        detail={
            "revision": content["revision"],
            "digest": proposal.digest,
            "cause": cause.value,
            "answer": content["answer"],
            **_altered(alteration),
        },
        **proposal.subject(),
    )
    wake_preparation()


def _altered(alteration: dict[str, Any] | None) -> dict[str, Any]:
    """Return what a person altered, by name: the values stand in the two revisions."""
    if alteration is None:
        return {}
    return {
        "reason_code": alteration["reason"]["code"],
        "left_out": [
            f"{each['operation']} {each['object_name']} {each['record_id'] or each['external_id']}"
            + ("" if each["whole"] else f": {', '.join(each['fields'])}")
            for each in alteration["left_out"]
        ],
        "edited": [
            f"{each['object_name']} {each['record_id']}: {each['field']}"
            for each in alteration["edited"]
        ],
    }


def _revised(
    proposal: Proposal,
    accepted: Accepted,
    content: dict[str, Any],
    *,
    by: Actor,
    at: dt.datetime,
) -> dict[str, Any]:
    """Return what a new revision changes in its proposal."""
    # Whoever edits a proposal does not decide on it.
    barred = proposal.barred
    if by.kind == ActorKind.PERSON and by.id not in barred:
        barred = [*barred, by.id]
    return {
        "revision_number": content["revision"],
        "digest": digest(content),
        "title": accepted.draft.title,
        "run": accepted.draft.run,
        "confidence": accepted.draft.confidence,
        "risk": accepted.verdict.risk,
        "risk_reasons": list(accepted.verdict.risk_reasons),
        "headline": headline(content),
        "barred": barred,
        "prepare_at": at,
        "prepare_attempts": 0,
        **resumed_clocks(proposal, accepted.definition, timeout=accepted.draft.timeout, at=at),
        # An earlier approval was one of other content, and so was its clock.
        "approved_at": None,
        "execute_by": None,
        "undo_until": None,
        "outcome_code": "",
        "outcome_text": "",
    }
