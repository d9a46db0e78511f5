"""The connections to the CRM as people read them: what passes, what waits, and why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from approvals.states import ProposalState
from orchestrator.commits import breaker, gates
from orchestrator.commits.breaker import Cause
from orchestrator.commits.gate import Gate
from orchestrator.commits.models import Commit
from orchestrator.commits.queries import COUNT_LIMIT
from orchestrator.commits.states import CommitState
from orchestrator.orgs.models import Org, OrgKind


@dataclass(frozen=True, slots=True)
class Pause:
    """One org to which nothing is written now, for the banner on every page."""

    org: str
    words: str
    since: dt.datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class ConnectionLine:
    """One org: its gate, why it is paused, and how much of everything it may use."""

    org: Org
    gate: Gate
    # Why, in our words; the CRM's own are in the gate's text.
    why: str
    waiting: int
    seats: int
    seats_allowed: int


def connection_lines(*, at: dt.datetime) -> list[ConnectionLine]:
    """Return every org outside Countersign itself."""
    orgs = Org.objects.exclude(kind=OrgKind.CONTROL).select_related("gate")
    return [_line(org, _gate_of(org), at) for org in orgs]


def connection_line(org: Org, *, at: dt.datetime) -> ConnectionLine:
    """Return one org, read with its gate."""
    return _line(org, _gate_of(org), at)


def waiting_in(org_id: int) -> int:
    """Count the approved changes of an org that wait to be written, up to a bound."""
    rows = Commit.objects.filter(
        org=org_id, state=CommitState.QUEUED, proposal__state=ProposalState.APPROVED
    )
    return len(rows.order_by().values_list("pk")[:COUNT_LIMIT])


def all_gates() -> Sequence[Gate]:
    """Return the gate of every org that has one."""
    return list(Gate.objects.select_related("org").order_by("org__slug"))


def _gate_of(org: Org) -> Gate:
    return getattr(org, "gate", None) or Gate(org=org)


def _line(org: Org, gate: Gate, at: dt.datetime) -> ConnectionLine:
    allowed = gates.seats_allowed()
    return ConnectionLine(
        org=org,
        gate=gate,
        why="" if gate.closed else breaker.WORDS[Cause(gate.cause)],
        waiting=0 if gate.closed else waiting_in(org.pk),
        seats=gate.seats(allowed, at=at),
        seats_allowed=allowed,
    )
