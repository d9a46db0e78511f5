"""Swaps: one asks, and nothing changes until the other accepts."""

import datetime as dt

from django.db import transaction

from audit import ledger
from orchestrator.kernel.actors import Actor, system
from orchestrator.kernel.errors import DomainError, NotAllowed
from orchestrator.oncall import stacking, telling
from orchestrator.oncall.editing import check_people, lock
from orchestrator.oncall.loading import load
from orchestrator.oncall.models import Schedule, Swap
from orchestrator.oncall.plans import Layout, lay_out
from orchestrator.oncall.queries import Shift
from orchestrator.oncall.stacking import Period
from orchestrator.oncall.states import SwapState
from orchestrator.people.models import User

EXPIRY = system("on-call")
AT_ONCE = 100


class NotTheirShift(DomainError):
    """A shift that somebody gives must be theirs, whole."""

    code, status, title = "not_their_shift", 409, "That is not their shift"


class TooLate(DomainError):
    """One of the two shifts has begun."""

    code, status, title = "too_late_to_swap", 409, "Too late to swap"


class NobodyToSwapWith(DomainError):
    """A swap needs two people."""

    code, status, title = "nobody_to_swap_with", 422, "Ask somebody else"


@transaction.atomic
def ask(
    *,
    schedule: Schedule,
    gives: Shift,
    takes: Shift,
    reason: str,
    by: User,
    at: dt.datetime,
) -> Swap:
    """
    Ask whoever has the shift `takes` to take one's own shift `gives` for it.

    :raises NobodyToSwapWith: if one asks oneself
    :raises NotInTheRole: if one of the two is not an active member of the role
    :raises TooLate: if one of the shifts has begun
    :raises NotTheirShift: if a shift is not theirs from its start to its end
    """
    locked, of = lock(schedule), takes.person
    if of.pk == by.pk:
        raise NobodyToSwapWith("You hold both shifts already.")
    check_people(locked, [by, of])
    swap = Swap(
        schedule=locked,
        asked_by=by,
        asked_of=of,
        gives_layer=gives.layer,
        gives_from=gives.starts_at,
        gives_until=gives.ends_at,
        takes_layer=takes.layer,
        takes_from=takes.starts_at,
        takes_until=takes.ends_at,
        reason=reason,
        asked_at=at,
        expires_at=min(gives.starts_at, takes.starts_at),
    )
    _check_shifts(swap, locked, at)
    swap.save(force_insert=True)
    _record(swap, "asked", by.actor, at, reason=reason)
    telling.tell_of_swap(swap, at=at)
    return swap


@transaction.atomic
def accept(*, swap: Swap, by: User, at: dt.datetime) -> None:
    """
    Agree: from now on each has the other's shift.

    :raises NotAllowed: if somebody else was asked
    :raises NotTheirShift: if a shift is no longer theirs, or somebody in it left the role
    :raises StaleState: if it was settled meanwhile
    :raises TooLate: if one of the shifts has begun
    """
    # The schedule's lock lets no second swap of the same shift judge the same plan.
    locked = lock(swap.schedule)
    _check_asked(swap, by)
    check_people(locked, [swap.asked_by, swap.asked_of])
    swap.check_move(SwapState.ACCEPTED)
    _check_shifts(swap, locked, at)
    _settle(swap, SwapState.ACCEPTED, by.actor, at)
    telling.tell_of_answer(swap, at=at)


@transaction.atomic
def decline(*, swap: Swap, by: User, at: dt.datetime) -> None:
    """
    Say no: both keep their shifts.

    :raises NotAllowed: if somebody else was asked
    :raises StaleState: if it was settled meanwhile
    """
    _check_asked(swap, by)
    _settle(swap, SwapState.DECLINED, by.actor, at)
    telling.tell_of_answer(swap, at=at)


@transaction.atomic
def withdraw(*, swap: Swap, by: User, at: dt.datetime) -> None:
    """
    No longer ask.

    :raises NotAllowed: if somebody else asked
    :raises StaleState: if it was settled meanwhile
    """
    if by.pk != swap.asked_by_id:
        raise NotAllowed(f"{swap.asked_by.display_name} asked; only they can stop asking.")
    _settle(swap, SwapState.WITHDRAWN, by.actor, at)
    telling.conclude_swap(swap, at=at)


@transaction.atomic
def expire_due(*, at: dt.datetime) -> int:
    """Let swaps expire whose first shift has begun; return how many."""
    rows = Swap.objects.filter(state=SwapState.ASKED, expires_at__lte=at)
    due = list(
        rows.select_related("schedule__role", "asked_by", "asked_of")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("expires_at")[:AT_ONCE]
    )
    for swap in due:
        _settle(swap, SwapState.EXPIRED, EXPIRY, at)
        telling.tell_of_answer(swap, at=at)
    return len(due)


def holds(layout: Layout, person: int, layer: int, period: Period) -> bool:
    """Say whether the person has the whole period in this layer."""
    return any(
        not stacking.holes([each for each in strand.pieces if each.person == person], *period)
        for strand in layout.strands
        if strand.number == layer
    )


def _check_asked(swap: Swap, by: User) -> None:
    if by.pk != swap.asked_of_id:
        raise NotAllowed(f"{swap.asked_of.display_name} was asked; only they can answer.")


def _check_shifts(swap: Swap, schedule: Schedule, at: dt.datetime) -> None:
    if swap.expires_at <= at:
        raise TooLate("One of the two shifts has begun. Ask for an override instead.")
    since = swap.expires_at
    until = max(swap.gives_until, swap.takes_until)
    [loaded] = load([schedule], since=since, until=until)
    layout = lay_out(loaded.plan, since, until)
    for person, layer, period in (
        (swap.asked_by, swap.gives_layer, (swap.gives_from, swap.gives_until)),
        (swap.asked_of, swap.takes_layer, (swap.takes_from, swap.takes_until)),
    ):
        if not holds(layout, person.pk, layer, period):
            raise NotTheirShift(
                f"{person.display_name} does not have that shift any more. Look at the schedule."
            )


def _settle(swap: Swap, to: SwapState, by: Actor, at: dt.datetime) -> None:
    swap.move(to, settled_at=at)
    _record(swap, to.value, by, at)


def _record(swap: Swap, happened: str, by: Actor, at: dt.datetime, **more: object) -> None:
    ledger.record(
        event=f"oncall.swap_{happened}",
        by=by,
        at=at,
        subject_kind="schedule",
        subject_id=swap.schedule.role.slug,
        detail={
            "asked_by": swap.asked_by.username,
            "asked_of": swap.asked_of.username,
            "gives": [swap.gives_from.isoformat(), swap.gives_until.isoformat()],
            "takes": [swap.takes_from.isoformat(), swap.takes_until.isoformat()],
            **more,
        },
    )
