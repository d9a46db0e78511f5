"""
The kill switch: halt, confirm that nothing is in flight, and release by two people.

Writers share the advisory locks of their scopes over the whole write and read the switch once they
have them. A halt is stored first and then takes its scope's lock alone: when it has the lock, every
writer that might not have seen the halt is done. What dead workers left on the wire is counted too.
"""

import datetime as dt
import time

from django.db import IntegrityError, transaction
from django.db.models import Q

from audit import ledger
from orchestrator.commits import locks, waking
from orchestrator.commits.models import Commit, Halt
from orchestrator.commits.queries import orgs_with_work
from orchestrator.commits.scopes import Reach, normal, scope_key
from orchestrator.commits.states import WHOLE_SCOPES, CommitState, HaltState, Scope
from orchestrator.commits.switch import active_halts, read_switch
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.kernel.errors import DomainError, ReasonNeeded
from orchestrator.kernel.states import StaleState

__all__ = [
    "active_halts",
    "ask_release",
    "confirm",
    "confirm_all",
    "halt",
    "in_flight",
    "may_write",
    "release",
]

# Between two looks at what is in flight: time for waiting writers to see the switch.
PAUSE_SECONDS = 0.02
SHORTEST_WAIT = 0.05


class AlreadyHalted(DomainError):
    """This scope is halted already."""

    code, status, title = "already_halted", 409, "Already halted"


class NotHalted(DomainError):
    """The halt is released, or was never there."""

    code, status, title = "not_halted", 409, "Not halted"


class ReleaseNotAsked(DomainError):
    """Nobody has asked for the release yet."""

    code, status, title = "release_not_asked", 409, "The release was not asked for"


class SecondPersonNeeded(DomainError):
    """One person cannot do both halves of a release."""

    code, status, title = "second_person_needed", 409, "A second person is needed"


class UnknownScope(DomainError):
    """There is no such scope, or nothing of that name in it."""

    code, status, title = "unknown_scope", 422, "No such scope"


def halt(*, scope: str, value: str, reason: str, by: Actor, at: dt.datetime) -> Halt:
    """
    Stop new writes in a scope from now on; `confirm` says when none is in flight any more.

    :raises UnknownScope: if the scope and its value do not fit together
    :raises ReasonNeeded: if no reason is given
    :raises AlreadyHalted: if the scope is halted already
    """
    _check_scope(scope, value)
    if not reason.strip():
        raise ReasonNeeded("Say why writing is halted: the reason is shown to everybody.")
    try:
        with transaction.atomic():
            row = Halt.objects.create(
                scope=scope,
                value=value,
                reason=reason.strip(),
                halted_by=by.id,
                halted_by_label=by.label,
                halted_at=at,
            )
            _record(row, "switch.halted", by=by, at=at, reason=row.reason)
    except IntegrityError as error:
        raise AlreadyHalted("This scope is halted already; nothing more is needed.") from error
    return row


def confirm(*, halt: Halt, at: dt.datetime, wait: float) -> bool:
    """
    Wait at most `wait` seconds until nothing is in flight in the scope; say whether that is so.

    Until then the halt stays `halting`, and the sweep goes on with it.
    """
    began = time.monotonic()
    while True:
        spent = time.monotonic() - began
        if _confirm_once(halt, at + dt.timedelta(seconds=spent), max(wait - spent, SHORTEST_WAIT)):
            return True
        if time.monotonic() - began >= wait:
            return False
        time.sleep(PAUSE_SECONDS)


def confirm_all(*, at: dt.datetime) -> int:
    """Try once to confirm every halt that still waits; return how many were confirmed."""
    waiting = Halt.objects.filter(state=HaltState.HALTING)
    return sum(confirm(halt=row, at=at, wait=SHORTEST_WAIT) for row in waiting)


def in_flight(halt: Halt) -> int:
    """Count the commits of the scope that may have a request on the wire."""
    return Commit.objects.filter(_within(halt.scope, halt.value), MAY_BE_ON_THE_WIRE).count()


def ask_release(*, halt: Halt, reason: str, by: Actor, at: dt.datetime) -> None:
    """
    Ask to release a halt; a second person does it.

    :raises ReasonNeeded: if no reason is given
    :raises NotHalted: if it is released already
    """
    _check_person(by)
    if not reason.strip():
        raise ReasonNeeded("Say why it is safe to write again.")
    with transaction.atomic():
        row = _locked(halt)
        row.amend(
            release_asked_by=by.id,
            release_asked_by_label=by.label,
            release_asked_at=at,
            release_reason=reason.strip(),
        )
        _record(row, "switch.release_asked", by=by, at=at, reason=row.release_reason)


def release(*, halt: Halt, by: Actor, at: dt.datetime) -> None:
    """
    Release a halt that somebody else asked to release.

    :raises ReleaseNotAsked: if nobody did
    :raises SecondPersonNeeded: if it was the same person
    :raises NotHalted: if it is released already
    """
    _check_person(by)
    with transaction.atomic():
        row = _locked(halt)
        if not row.release_asked_by:
            raise ReleaseNotAsked("Ask for the release first; a second person then releases it.")
        if row.release_asked_by == by.id:
            raise SecondPersonNeeded("You asked for this release; somebody else has to do it.")
        row.move(HaltState.RELEASED, released_by=by.id, released_by_label=by.label, released_at=at)
        _record(row, "switch.released", by=by, at=at, asked_by=row.release_asked_by)
        waking.wake_after_commit(orgs_with_work(at=at))


def may_write(*, org: str, workflow: str, agent: str, objects: tuple[str, ...]) -> bool:
    """Say whether the switch lets a change through; an unreadable switch does not."""
    return read_switch().stop_of(Reach(org, workflow, agent, objects)) is None


MAY_BE_ON_THE_WIRE = Q(state=CommitState.CLAIMED, sent_at__isnull=False) | Q(
    state=CommitState.UNKNOWN, finished_at__isnull=True
)


def _within(scope: str, value: str) -> Q:
    if scope == Scope.ORG:
        return Q(org__slug=value)
    if scope == Scope.WORKFLOW:
        return Q(workflow=value)
    if scope == Scope.AGENTS:
        return ~Q(agent="")
    if scope == Scope.AGENT:
        return Q(agent=value)
    if scope == Scope.OBJECT:
        return Q(objects_touched__contains=[normal(scope, value)])
    return Q()


def _confirm_once(halt: Halt, at: dt.datetime, wait: float) -> bool:
    try:
        with locks.waiting_at_most(wait):
            locks.take_alone(scope_key(halt.scope, halt.value))
            halt.refresh_from_db()
            if halt.state == HaltState.HALTING and not in_flight(halt):
                halt.move(HaltState.HALTED, confirmed_at=at)
                spent = max(int((at - halt.halted_at) / dt.timedelta(milliseconds=1)), 0)
                by = Actor(ActorKind.SYSTEM, "kill switch", "Countersign (kill switch)")
                _record(halt, "switch.confirmed", by=by, at=at, milliseconds=spent)
            return halt.state == HaltState.HALTED
    except (locks.LockTimeout, StaleState):
        return False


def _locked(halt: Halt) -> Halt:
    row = Halt.objects.select_for_update().get(pk=halt.pk)
    if row.state == HaltState.RELEASED:
        raise NotHalted("This halt is released already.")
    return row


def _check_scope(scope: str, value: str) -> None:
    if scope not in Scope.values():
        raise UnknownScope(f"Choose one of {', '.join(Scope.values())}.")
    if (scope in WHOLE_SCOPES) != (value == ""):
        raise UnknownScope("Name what to halt; only `all` and `agents` stand alone.")


def _check_person(by: Actor) -> None:
    if by.kind != ActorKind.PERSON:
        raise SecondPersonNeeded("Only people release the kill switch.")


def _record(row: Halt, event: str, *, by: Actor, at: dt.datetime, **detail: object) -> None:
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="switch",
        subject_id=f"{row.scope}:{row.value}" if row.value else row.scope,
        detail={"scope": row.scope, "value": row.value, **detail},
        workflow=row.value if row.scope == Scope.WORKFLOW else "",
        agent=row.value if row.scope == Scope.AGENT else "",
    )
