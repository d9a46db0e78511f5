"""
Acting on the gate of an org: what workers learn from it, and what they tell one another there.

Every change is one guarded UPDATE, or is made on the locked row. A worker reads the gate once a
claim and keeps its copy up to date with what it does itself; what others do it learns at its next.
"""

import datetime as dt
import random

from django.conf import settings
from django.db import transaction

from audit import ledger
from orchestrator.commits import breaker
from orchestrator.commits.batch import Batch
from orchestrator.commits.breaker import AT_ONCE, IN_A_ROW, Breaker, Cause
from orchestrator.commits.gate import FULL_PACE, Gate
from orchestrator.commits.transitions import ENGINE
from orchestrator.connectors.base import LimitUsage
from orchestrator.connectors.errors import ErrorClass
from orchestrator.kernel.actors import Actor
from orchestrator.orgs.models import Org

# Usage is stored when it has moved by this share of the allowance, or is older than that.
MATERIAL_SHARE = 0.01
STALE_USAGE = dt.timedelta(hours=1)
TOO_MANY_AT_ONCE = "REQUEST_LIMIT_EXCEEDED"
FEWER_AT_ONCE_FOR = dt.timedelta(minutes=10)
# Jitter needs no secrecy.
_random = random.Random()  # noqa: S311 - spreads probes in time, nothing more


def look(org: Org) -> Gate:
    """Return the gate of an org as it is now; one that was never touched is wide open."""
    gate = Gate.objects.filter(org=org).first() or Gate(org=org)
    # The one at hand, so that nobody asks for it again.
    gate.org = org
    return gate


def seats_allowed() -> int:
    """Return how many workers may commit to one org at once."""
    return max(int(settings.COUNTERSIGN["concurrent_writes"]), 1)


def over_budget(usage: LimitUsage) -> bool:
    """Say whether our share of the daily allowance is used up."""
    return usage.share >= float(settings.COUNTERSIGN["budget_share"])


@transaction.atomic
def fault(*, org: Org, error_class: ErrorClass, code: str, text: str, at: dt.datetime) -> Gate:
    """Tell the gate of a fault of a whole call; return it, open or closed, as it is now."""
    if error_class not in AT_ONCE and error_class not in IN_A_ROW:
        return look(org)
    gate = _locked(org)
    if not gate.closed:
        return gate
    if code == TOO_MANY_AT_ONCE and error_class == ErrorClass.TRANSIENT:
        fewer = max(gate.seats(seats_allowed(), at=at) // 2, 1)
        gate.amend(ceiling=fewer, ceiling_until=at + FEWER_AT_ONCE_FOR)
    cause = AT_ONCE.get(error_class)
    if cause is None:
        gate.amend(faults=gate.faults + 1)
        if gate.faults >= int(settings.COUNTERSIGN["breaker_faults"]):
            cause = Cause.FAULTS
    if cause is not None:
        _open(gate, cause, text, at)
    return gate


def note_usage(batch: Batch, *, at: dt.datetime) -> None:
    """Keep what the CRM says of its daily allowance; pause the org once our share is used up."""
    gate, usage = batch.gate, batch.connector.limit_usage
    # The very same answer as before: no call was made since, and it may be hours old.
    if usage is None or usage is batch.usage or not usage.allowed or not gate.closed:
        return
    batch.usage = usage
    seen = {"used": usage.used, "allowed": usage.allowed, "seen_at": at}
    if over_budget(usage):
        batch.gate = _pause_for_budget(gate.org, usage, seen, at)
    elif _material(gate, usage, at):
        _store(gate)
        Gate.objects.filter(pk=gate.pk).update(**seen)
        gate.used, gate.allowed, gate.seen_at = usage.used, usage.allowed, at


def went_well(gate: Gate, *, units: int) -> None:
    """Note that a call wrote: what had gone wrong is over, and calls may grow again."""
    if gate.faults or gate.openings:
        rows = Gate.objects.filter(pk=gate.pk, state=Breaker.CLOSED)
        rows.update(faults=0, openings=0)
        gate.faults = gate.openings = 0
    # A smaller call shows nothing about how large one may be.
    if gate.pace < FULL_PACE and units >= gate.pace:
        _set_pace(gate, gate.pace + 1)


def slow_down(gate: Gate) -> None:
    """Halve how many units share a call, once however many workers met the same locked rows."""
    if gate.pace > 1:
        _store(gate)
        _set_pace(gate, gate.pace // 2)


def words(gate: Gate) -> str:
    """Say in a sentence why writing to the org is paused, and since when."""
    since = f"{gate.paused_at:%d %b, %H:%M} UTC" if gate.paused_at else "now"
    return f"Writing to {gate.org.slug} is paused: {breaker.WORDS[Cause(gate.cause)]} since {since}"


def reason(gate: Gate) -> tuple[str, str, str]:
    """Return what a commit that waits for its org is told: class, code and words."""
    cause = Cause(gate.cause)
    return breaker.CLASSES[cause].value, f"org_{cause.value}", f"{words(gate)}."


def next_probe(*, cause: Cause, openings: int, at: dt.datetime) -> dt.datetime:
    """Return when a paused org is to be probed."""
    return at + breaker.pause(cause=cause, openings=openings, jitter=_random.random())


def record(
    gate: Gate, event: str, *, by: Actor = ENGINE, at: dt.datetime, **detail: object
) -> None:
    """Write what happened to the gate into the ledger."""
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="org",
        subject_id=gate.org.slug,
        detail=detail,
    )


@transaction.atomic
def _pause_for_budget(
    org: Org, usage: LimitUsage, seen: dict[str, object], at: dt.datetime
) -> Gate:
    gate = _locked(org)
    if gate.closed:
        gate.amend(**seen)
        _open(gate, Cause.BUDGET, f"{usage.used} of {usage.allowed} calls are used.", at)
    return gate


def _open(gate: Gate, cause: Cause, text: str, at: dt.datetime) -> None:
    # A used-up allowance is no failure: waiting longer each time would not free it sooner.
    openings = gate.openings + (cause != Cause.BUDGET)
    probe_at = next_probe(cause=cause, openings=openings, at=at)
    gate.move(
        Breaker.OPEN,
        cause=cause,
        text=text,
        paused_at=at,
        probe_at=probe_at,
        openings=openings,
        faults=0,
    )
    record(gate, "org.paused", at=at, cause=cause, text=text, probe_at=probe_at.isoformat())


def _material(gate: Gate, usage: LimitUsage, at: dt.datetime) -> bool:
    if gate.seen_at is None or gate.share is None or gate.allowed != usage.allowed:
        return True
    return abs(usage.share - gate.share) >= MATERIAL_SHARE or gate.seen_at < at - STALE_USAGE


def _set_pace(gate: Gate, pace: int) -> None:
    Gate.objects.filter(pk=gate.pk, pace=gate.pace).update(pace=pace)
    gate.pace = pace


def _store(gate: Gate) -> None:
    """Give an org its row, unless somebody was faster."""
    if gate._state.adding:
        Gate.objects.bulk_create([Gate(org=gate.org)], ignore_conflicts=True)
        gate._state.adding = False


def _locked(org: Org) -> Gate:
    _store(Gate(org=org))
    gate = Gate.objects.select_for_update().get(org=org)
    gate.org = org
    return gate
