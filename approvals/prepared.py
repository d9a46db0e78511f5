"""Storing what preparation found: a whole batch in a few statements, or nothing of it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from approvals import clocks, directory, routing, same_people, signals
from approvals.announcing.wake import wake_announcing
from approvals.bases import frozen_base
from approvals.bulk import update_rows
from approvals.escalation import arming
from approvals.group_keys import key_of
from approvals.headlines import field_kinds, headline
from approvals.models import Change, Proposal, Review, Revision
from approvals.pending import Pending, Reason
from approvals.sla_pauses import carried_over
from approvals.states import ANNOUNCED, CLOSED, ProposalState
from audit import ledger
from audit.ledger import NewEntry
from orchestrator.kernel.actors import system
from orchestrator.kernel.errors import DomainError
from orchestrator.policy.verdict import Outcome
from orchestrator.workflows.field_classes import kept_fields

PREPARATION = system("preparation")
FIRST_WAIT, LONGEST_WAIT = 2, 300


@transaction.atomic
def store(pending: Sequence[Pending], *, lease: dt.datetime, at: dt.datetime) -> None:
    """Store the outcome of every proposal that is still what we claimed."""
    if not pending:
        return
    mine = _still_claimed(pending, lease)
    ready = [each for each in mine if each.trouble is None]
    calendars = clocks.calendars_of(each.definition for each in ready)
    for each in ready:
        each.calendars = calendars
    reviews = _route(ready, at)
    _postpone([each for each in mine if each.trouble is not None], at)
    ready = [each for each in ready if each.trouble is None]
    _freeze(ready, at)
    moved = [_moved(each, at) for each in ready]
    update_rows(Proposal, moved)
    opened = [review for each in ready for review in reviews.get(each.proposal.pk, ())]
    arming.insert(opened)
    ledger.append(entry for each in ready for entry in _entries(each, reviews, at))
    same_people.after_the_same_request(ready, reviews, at=at)
    approved = _apply(ready, moved)
    if any(each.proposal.state in ANNOUNCED for each in ready):
        wake_announcing()
    if approved:
        signals.proposals_approved.send(sender=Proposal, proposals=approved, at=at)


def _still_claimed(pending: Sequence[Pending], lease: dt.datetime) -> list[Pending]:
    """Lock the rows whose claim is still ours: nobody revised, withdrew or expired them."""
    ours = dict(
        Proposal.objects.filter(pk__in=[each.proposal.pk for each in pending], prepare_at=lease)
        .order_by("pk")
        .select_for_update()
        .values_list("pk", "revision_number")
    )
    return [each for each in pending if ours.get(each.proposal.pk) == each.revision.number]


def _route(ready: Sequence[Pending], at: dt.datetime) -> dict[str, list[Review]]:
    asking = [each for each in ready if each.verdict and each.outcome == Outcome.REVIEW]
    if not asking:
        return {}
    people = directory.load(at=at)
    left_over = carried_over([each.proposal for each in asking])
    reviews = {}
    for each in asking:
        try:
            reviews[each.proposal.pk] = routing.reviews_for(
                proposal=each.proposal,
                revision=each.revision,
                verdict=each.verdict,  # type: ignore[arg-type]  # asking ones have a verdict
                clocks=each.clocks,
                remaining=left_over.get(each.proposal.pk, {}),
                directory=people,
                at=at,
            )
        except DomainError as nobody:
            each.trouble = nobody
    return reviews


def _postpone(troubled: Sequence[Pending], at: dt.datetime) -> None:
    """Try again later, and remember why once for each change of the reason."""
    rows, entries = [], []
    for each in troubled:
        reason, proposal = each.trouble, each.proposal
        assert reason is not None  # noqa: S101 - only troubled ones come here
        next_at = at + _wait(proposal.prepare_attempts)
        rows.append(
            {
                "id": proposal.pk,
                "prepare_at": next_at,
                "outcome_code": reason.code,
                "outcome_text": reason.detail,
            }
        )
        if proposal.outcome_code != reason.code:
            entries.append(_entry(each, "preparation.postponed", at, _why(reason, next_at)))
    update_rows(Proposal, rows)
    ledger.append(entries)


def _why(reason: Reason, next_at: dt.datetime) -> dict[str, Any]:
    return {"code": reason.code, "text": reason.detail, "next_at": next_at.isoformat()}


def _wait(attempts: int) -> dt.timedelta:
    return dt.timedelta(seconds=min(FIRST_WAIT * 2 ** min(attempts, 10), LONGEST_WAIT))


def _freeze(ready: Sequence[Pending], at: dt.datetime) -> None:
    update_rows(
        Change,
        [
            {"id": change.pk, **frozen_base(wish, reading)}
            for each in ready
            for change, wish, reading in zip(
                each.changes, each.draft.changes, each.readings, strict=False
            )
        ],
    )
    update_rows(
        Revision,
        [
            {"id": each.revision.pk, "prepared_at": at, "verdict": each.frozen_verdict()}
            for each in ready
        ],
    )


def _moved(each: Pending, at: dt.datetime) -> dict[str, Any]:
    """Return the row of the proposal as preparation leaves it."""
    proposal, verdict = each.proposal, each.verdict
    state, code, text = _next_state(each)
    if state != proposal.state:
        proposal.check_move(state)
    approved = state == ProposalState.APPROVED
    first = each.readings[0] if each.readings else None
    shown = headline(
        each.revision.content,
        label=first.snapshot.label if first and first.snapshot else "",
        base=first.values if first else None,
        kinds=first.kinds if first else None,
    )
    return {
        "id": proposal.pk,
        "state": state.value,
        "prepare_at": None,
        "prepare_attempts": 0,
        "mode": proposal.workflow.mode,
        "risk": str(verdict.risk) if verdict else proposal.risk,
        "risk_reasons": list(verdict.risk_reasons) if verdict else proposal.risk_reasons,
        "headline": {
            **shown,
            # What the pages need to show values as the CRM means them, without asking it.
            "kinds": field_kinds(each.revision.content, [read.kinds for read in each.readings]),
        },
        "group_key": key_of(
            workflow=proposal.workflow_id,
            action=proposal.action,
            headline=shown,
            kept=kept_fields(each.definition),
        ),
        "approved_at": at if approved else proposal.approved_at,
        "execute_by": (each.clocks.execute_by(approved_at=at) if approved else proposal.execute_by),
        "closed_at": at if state in CLOSED else None,
        "outcome_code": code,
        "outcome_text": text,
    }


def _next_state(each: Pending) -> tuple[ProposalState, str, str]:
    if each.outcome == Outcome.REVIEW:
        return ProposalState.IN_REVIEW, "", ""
    if each.outcome == Outcome.AUTOMATIC:
        return ProposalState.APPROVED, "automatic", "Within what the workflow does by itself."
    if each.outcome == Outcome.OBSERVE:
        text = "The workflow observes: nobody was asked and nothing is written."
        # People already worked on it, so it is not merely observed: it ends here.
        asked = each.proposal.state != ProposalState.RECEIVED
        return (ProposalState.REFUSED if asked else ProposalState.OBSERVED), "mode_observe", text
    refused = each.why_refused()
    return ProposalState.REFUSED, refused.code, refused.detail


def _apply(ready: Sequence[Pending], moved: Sequence[dict[str, Any]]) -> list[Proposal]:
    """Bring the rows in memory to what was stored; return those that are now approved."""
    for each, row in zip(ready, moved, strict=True):
        for name, value in row.items():
            setattr(each.proposal, name, value)
    return [each.proposal for each in ready if each.proposal.state == ProposalState.APPROVED]


def _entries(each: Pending, reviews: dict[str, list[Review]], at: dt.datetime) -> list[NewEntry]:
    number = each.revision.number
    verdict = each.frozen_verdict()
    found = [{key: f[key] for key in ("rule", "code", "outcome")} for f in verdict["findings"]]
    entries = [
        _entry(
            each,
            "proposal.prepared",
            at,
            {
                "revision": number,
                "outcome": verdict["outcome"],
                "findings": found,
                "stages": verdict["stages"],
                "risk": verdict["risk"],
            },
        )
    ]
    state, code, text = _next_state(each)
    if state == ProposalState.IN_REVIEW:
        first = reviews[each.proposal.pk][0]
        entries += routing.opened_entries(each.proposal, first, by=PREPARATION, at=at)
    elif state == ProposalState.OBSERVED:
        entries.append(_entry(each, "proposal.observed", at, {"revision": number}))
    elif state == ProposalState.REFUSED:
        detail = {"revision": number, "code": code, "text": text}
        entries.append(_entry(each, "proposal.refused", at, detail))
    else:
        until = each.clocks.execute_by(approved_at=at).isoformat()
        detail = {"revision": number, "digest": each.revision.digest, "execute_by": until}
        entries.append(_entry(each, "proposal.approved", at, {**detail, "automatic": True}))
    return entries


def _entry(each: Pending, event: str, at: dt.datetime, detail: dict[str, Any]) -> NewEntry:
    return NewEntry(event=event, by=PREPARATION, at=at, detail=detail, **each.proposal.subject())
