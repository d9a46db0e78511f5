"""Halts as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.commits import fence
from orchestrator.commits.models import Halt
from orchestrator.commits.permissions import may_switch
from orchestrator.commits.states import HaltState
from orchestrator.commits.switch import Stop
from orchestrator.people.models import User


@dataclass(frozen=True, slots=True)
class HaltLine:
    """One halt: its scope in words, what is in flight, and what the reader may do."""

    halt: Halt
    words: str
    in_flight: int = 0
    # How long the confirmation took.
    milliseconds: int = 0
    may_switch: bool = False
    # The reader asked for the release, so somebody else has to do it.
    asked_by_reader: bool = False


def halt_line(halt: Halt) -> HaltLine:
    """Return one halt with its scope in words."""
    return HaltLine(halt, Stop(halt.scope, halt.value).words)


def halt_lines(halts: Iterable[Halt], *, person: User) -> list[HaltLine]:
    """Return the halts in force as this person may act on them."""
    return [_line(halt, person) for halt in halts]


def _line(halt: Halt, person: User) -> HaltLine:
    took = halt.confirmed_at - halt.halted_at if halt.confirmed_at else None
    return HaltLine(
        halt=halt,
        words=Stop(halt.scope, halt.value).words,
        in_flight=fence.in_flight(halt) if halt.state == HaltState.HALTING else 0,
        milliseconds=int(took.total_seconds() * 1000) if took else 0,
        may_switch=may_switch(person, scope=halt.scope, value=halt.value),
        asked_by_reader=halt.release_asked_by == person.username,
    )
