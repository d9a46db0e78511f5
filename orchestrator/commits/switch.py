"""Reading the kill switch. What cannot be read counts as halted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import DatabaseError

from orchestrator.commits.models import Halt
from orchestrator.commits.scopes import Reach, normal
from orchestrator.commits.states import HaltState, Scope
from orchestrator.kernel.errors import DomainError

WORDS = {
    Scope.ALL: "everything",
    Scope.ORG: "the org {}",
    Scope.WORKFLOW: "the workflow {}",
    Scope.AGENTS: "every agent",
    Scope.AGENT: "the agent {}",
    Scope.OBJECT: "the object {}",
}


class Halted(DomainError):
    """The kill switch stops this."""

    code, status, title = "halted", 503, "Writing is halted"


class SwitchUnreadable(Halted):
    """Nobody knows whether the kill switch stops this, so it does."""

    code, title = "switch_unreadable", "The switch cannot be read"


@dataclass(frozen=True, slots=True)
class Stop:
    """One scope in which nothing may be written now."""

    scope: str
    value: str
    reason: str = ""
    state: str = HaltState.HALTED

    @property
    def words(self) -> str:
        """Return the scope as people say it."""
        return WORDS[Scope(self.scope)].format(self.value)


UNREADABLE = Stop(Scope.ALL, "", "The switch could not be read; until it can, nothing is written.")


@dataclass(frozen=True, slots=True)
class Switch:
    """The switch at one moment: every stop that is in force."""

    stops: Sequence[Stop]

    @property
    def unreadable(self) -> bool:
        """Say whether everything is stopped because nobody could read the switch."""
        return UNREADABLE in self.stops

    def stop_of(self, reach: Reach) -> Stop | None:
        """Return the stop that holds a commit back, or None if it may be written."""
        touched = set(reach.scopes())
        for stop in self.stops:
            if (stop.scope, normal(stop.scope, stop.value)) in touched:
                return stop
        return None

    def values(self, scope: str) -> list[str]:
        """Return the halted values of one scope, as they are compared."""
        return [normal(stop.scope, stop.value) for stop in self.stops if stop.scope == scope]


def active_halts() -> list[Halt]:
    """Return every halt that is not released, newest first."""
    return list(Halt.objects.exclude(state=HaltState.RELEASED).order_by("-halted_at", "-pk"))


def read_switch() -> Switch:
    """Return the switch as it is now; one that cannot be read stops everything."""
    try:
        rows = Halt.objects.exclude(state=HaltState.RELEASED).order_by()
        stops = [Stop(*row) for row in rows.values_list("scope", "value", "reason", "state")]
    except DatabaseError:
        return Switch([UNREADABLE])
    return Switch(stops)


def stops_for_agent(*, agent: str, workflows: Iterable[str], orgs: Iterable[str]) -> list[Stop]:
    """Return the stops that hold back what an agent proposes, for the answer to `GET /me`."""
    touched = {
        (Scope.ALL, ""),
        (Scope.AGENTS, ""),
        (Scope.AGENT, agent),
        *((Scope.WORKFLOW, slug) for slug in workflows),
        *((Scope.ORG, slug) for slug in orgs),
    }
    # An object is named whatever the agent's grants are: better one warning too many.
    return [
        stop
        for stop in read_switch().stops
        if stop.scope == Scope.OBJECT or (stop.scope, stop.value) in touched
    ]
