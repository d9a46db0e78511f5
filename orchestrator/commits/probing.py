"""
Probing a paused org: one cheap call by one worker says whether commits may pass again.

The prober is known by its claim, whose lock it keeps while it lives: who can take that lock knows
that the prober died, and takes its place.
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from orchestrator.commits import gates, locks, waking
from orchestrator.commits.breaker import Breaker, Cause, cause_of
from orchestrator.commits.gate import Gate
from orchestrator.commits.scopes import claim_key
from orchestrator.connectors.base import LimitUsage
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel import faultpoints
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError, ReasonNeeded

Clock = Callable[[], dt.datetime]


class NotPaused(DomainError):
    """Writing to this org goes on already."""

    code, status, title = "not_paused", 409, "Not paused"


def lets_pass(gate: Gate, *, claim: str, at_clock: Clock) -> bool:
    """Say whether commits may pass, after a probe if one is due and nobody else makes it."""
    if gate.closed:
        return True
    if not _take(gate, claim, at_clock()):
        return False
    faultpoints.reach("before_probing")
    try:
        usage = connector_for(gate.org).check_access()
    except ConnectorError as error:
        return _stay(gate, cause_of(error.error_class), error.detail, claim, at_clock())
    if usage is not None and gates.over_budget(usage):
        text = f"{usage.used} of {usage.allowed} calls are used."
        return _stay(gate, Cause.BUDGET, text, claim, at_clock(), usage)
    return _close(gate, claim, at_clock(), usage)


def orgs_to_probe(*, at: dt.datetime) -> list[int]:
    """Return the paused orgs whose probe is due, or under way."""
    due = Q(state=Breaker.OPEN, probe_at__lte=at) | Q(state=Breaker.HALF_OPEN)
    return list(Gate.objects.filter(due).values_list("pk", flat=True))


@transaction.atomic
def try_now(*, gate: Gate, reason: str, by: Actor, at: dt.datetime) -> None:
    """
    Have a paused org probed now instead of when its pause ends.

    :raises ReasonNeeded: if no reason is given
    :raises NotPaused: if it is not paused
    """
    if not reason.strip():
        raise ReasonNeeded("Say why it should work now: the ledger keeps it.")
    if not Gate.objects.filter(pk=gate.pk).exclude(state=Breaker.CLOSED).update(probe_at=at):
        raise NotPaused(f"Writing to {gate.org.slug} goes on already.")
    gates.record(gate, "org.probe_asked", by=by, at=at, reason=reason.strip())
    waking.wake_after_commit([gate.pk])


def _take(gate: Gate, claim: str, at: dt.datetime) -> bool:
    """Become the one prober; the guarded UPDATE lets one worker through."""
    rows = Gate.objects.filter(pk=gate.pk, state=gate.state, probe_claim=gate.probe_claim)
    if gate.state == Breaker.OPEN:
        due = gate.probe_at is not None and gate.probe_at <= at
        return due and _took(gate, rows.update(state=Breaker.HALF_OPEN, probe_claim=claim), claim)
    with transaction.atomic():
        [dead] = locks.try_each([claim_key(gate.probe_claim)])
        return dead and _took(gate, rows.update(probe_claim=claim), claim)


def _took(gate: Gate, updated: int, claim: str) -> bool:
    if updated:
        gate.state, gate.probe_claim = Breaker.HALF_OPEN, claim
    return bool(updated)


@transaction.atomic
def _close(gate: Gate, claim: str, at: dt.datetime, usage: LimitUsage | None) -> bool:
    cause, since = gate.cause, gate.paused_at or at
    if not _ours(gate, claim):
        return False
    gate.move(
        Breaker.CLOSED,
        cause="",
        text="",
        paused_at=None,
        probe_at=None,
        probe_claim="",
        **_seen(usage, at),
    )
    seconds = max(int((at - since).total_seconds()), 0)
    gates.record(gate, "org.resumed", at=at, cause=cause, seconds=seconds)
    return True


@transaction.atomic
def _stay(
    gate: Gate,
    cause: Cause,
    text: str,
    claim: str,
    at: dt.datetime,
    usage: LimitUsage | None = None,
) -> bool:
    if not _ours(gate, claim):
        return False
    openings = gate.openings + (cause != Cause.BUDGET)
    probe_at = gates.next_probe(cause=cause, openings=openings, at=at)
    gate.move(
        Breaker.OPEN,
        cause=cause,
        text=text,
        probe_at=probe_at,
        probe_claim="",
        openings=openings,
        **_seen(usage, at),
    )
    gates.record(
        gate, "org.probe_failed", at=at, cause=cause, text=text, probe_at=probe_at.isoformat()
    )
    return False


def _ours(gate: Gate, claim: str) -> bool:
    """Lock the gate; say whether we are still its prober, and not one that was taken for dead."""
    rows = Gate.objects.filter(pk=gate.pk, state=Breaker.HALF_OPEN, probe_claim=claim)
    return rows.select_for_update().exists()


def _seen(usage: LimitUsage | None, at: dt.datetime) -> dict[str, object]:
    if usage is None:
        return {}
    return {"used": usage.used, "allowed": usage.allowed, "seen_at": at}
