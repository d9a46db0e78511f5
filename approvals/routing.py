"""From a verdict to reviews: stages in order, each with people who can really decide it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from approvals.clocks import Clocks
from approvals.directory import Directory
from approvals.escalation.arming import frozen_plan
from approvals.models import Proposal, Review, Revision
from approvals.sla_pauses import StageKey
from approvals.states import ReviewState, Risk
from audit.ledger import NewEntry
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import Role
from orchestrator.policy.verdict import StageNeed, Verdict

ALL = "all"


class NobodyToAsk(DomainError):
    """Neither the role nor anything it falls back on exists."""

    code, status, title = "nobody_to_ask", 409, "Nobody to ask"


@dataclass(frozen=True, slots=True)
class Placement:
    """Which role decides a stage, and how many of it must agree."""

    role: Role
    quorum: int


def reviews_for(
    *,
    proposal: Proposal,
    revision: Revision,
    verdict: Verdict,
    clocks: Clocks,
    remaining: Mapping[StageKey, dt.timedelta],
    directory: Directory,
    at: dt.datetime,
) -> list[Review]:
    """
    Return the reviews of a revision, not stored yet: the first open, the others waiting.

    A stage that was sent back goes on with what `remaining` says was left of its time.

    :raises NobodyToAsk: if a stage can be given to no role at all
    """
    reviews = [
        _review(
            need,
            stage=number,
            placement=place(directory, need.role, need.quorum, barred=proposal.barred),
            proposal=proposal,
            revision=revision,
            needs_text=verdict.approve_needs_text,
            important=verdict.risk == Risk.HIGH,
            remaining=remaining.get((number, need.role)),
        )
        for number, need in enumerate(verdict.stages, start=1)
    ]
    for first in reviews[:1]:
        for name, value in opening(first, proposal, clocks, role=first.role, at=at).items():
            setattr(first, name, value)
    return reviews


def opening(
    review: Review, proposal: Proposal, clocks: Clocks, *, role: Role, at: dt.datetime
) -> dict[str, Any]:
    """
    Return what a stage has once it opens: its clock starts now, never before.

    The working hours are those of the role that is asked in the end; the proposal's deadline stays
    the hard limit.
    """
    planned = review.policy.get("sla", {})
    clock = clocks.stage(planned.get("within", ""), role)
    seconds = planned.get("remaining_seconds")
    remaining = None if seconds is None else dt.timedelta(seconds=seconds)
    due_at = min(clock.due(start=at, remaining=remaining), proposal.deadline_at)
    plan = frozen_plan(
        clocks.definition,
        important=review.policy.get("important", False),
        clock=clock,
        opened_at=at,
        due_at=due_at,
        deadline_at=proposal.deadline_at,
    )
    return {
        "state": ReviewState.OPEN,
        "opened_at": at,
        "due_at": due_at,
        "plan": plan,
        "policy": {**review.policy, "sla": {**planned, **clock.as_policy()}},
    }


def place(directory: Directory, slug: str, quorum: str, *, barred: Collection[str]) -> Placement:
    """
    Return the first role of the fallback chain with enough people to decide.

    :raises NobodyToAsk: if there is no such role and no fallback for it
    """
    chain = list(directory.chain(slug))
    if not chain:
        raise NobodyToAsk(f"Create the role {slug!r}, or the role 'ops-owner', with a member.")
    for role in chain:
        able = len(directory.able(role, barred))
        needed = able if quorum == ALL else int(quorum)
        if 0 < needed <= able:
            return Placement(role, needed)
    # Nobody can decide it now: it stays where it was meant to go, visible, until its deadline.
    return Placement(chain[0], 1 if quorum == ALL else int(quorum))


def opened_entries(
    proposal: Proposal, review: Review, *, by: Actor, at: dt.datetime
) -> list[NewEntry]:
    """Return the ledger entries of a review that has just opened."""
    entries = [
        NewEntry(
            event="review.opened",
            by=by,
            at=at,
            detail={
                "stage": review.stage,
                "role": review.role.slug,
                "quorum": review.quorum,
                "due_at": review.due_at.isoformat() if review.due_at else None,
            },
            **proposal.subject(),
        )
    ]
    asked = review.policy["role"]
    if asked != review.role.slug:
        detail = {"stage": review.stage, "role": asked, "to_role": review.role.slug}
        entries.append(
            NewEntry(event="review.fell_back", by=by, at=at, detail=detail, **proposal.subject())
        )
    return entries


def _review(
    need: StageNeed,
    *,
    stage: int,
    placement: Placement,
    proposal: Proposal,
    revision: Revision,
    needs_text: bool,
    important: bool,
    remaining: dt.timedelta | None,
) -> Review:
    planned: dict[str, Any] = {"within": need.decide_within}
    if remaining is not None:
        planned["remaining_seconds"] = remaining.total_seconds()
    return Review(
        state=ReviewState.WAITING,
        proposal=proposal,
        revision=revision,
        workflow_id=proposal.workflow_id,
        stage=stage,
        role=placement.role,
        quorum=placement.quorum,
        policy={
            "role": need.role,
            "quorum": need.quorum,
            "why": need.why,
            "approve_needs_text": needs_text,
            # Which of the workflow's plans holds for it.
            **({"important": True} if important else {}),
            "sla": planned,
        },
    )


def still_able(
    directory: Directory, review: Review, *, barred: Collection[str], voted: Collection[str]
) -> Placement:
    """Return where a waiting stage opens: people may have voted, left or come in the meantime."""
    out: Sequence[str] = [*barred, *voted]
    return place(directory, review.policy["role"], review.policy["quorum"], barred=out)
