"""What the pages of agents show."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from audit import queries as ledger
from orchestrator.agents import queries
from orchestrator.agents.forms import GrantForm, KeyForm, RotateForm
from orchestrator.agents.models import Agent, Grant, Key
from orchestrator.agents.states import AGENT_MOVES, AgentState
from orchestrator.people.account_forms import active_people
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer_agents

SOON = dt.timedelta(days=14)
HISTORY_SHOWN = 12
MOVES = {
    AgentState.ACTIVE: ("activate", "Activate", "player-play", "btn-success"),
    AgentState.SUSPENDED: ("suspend", "Suspend", "player-pause", "btn-outline-danger"),
    AgentState.RETIRED: ("retire", "Retire", "archive", "btn-outline-danger"),
}
EFFECTS = {
    AgentState.ACTIVE: "Its keys work, and it may propose what its grants cover.",
    AgentState.SUSPENDED: "Its keys are refused at once; it can be activated again.",
    AgentState.RETIRED: "Its keys are refused for good. This cannot be undone.",
}


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key as people see it: never more than its prefix."""

    key: Key
    state: str
    works: bool


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant, and whether it holds, will hold or is over."""

    grant: Grant
    state: str
    over: bool
    # What is left of one that ends by itself, in words.
    left: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One step that the agent's state allows."""

    name: str
    label: str
    icon: str
    style: str
    effect: str


def detail_of(
    agent: Agent, person: User, at: dt.datetime, grant_form: GrantForm | None = None
) -> dict[str, Any]:
    """Return everything that an agent's page shows."""
    administers = may_administer_agents(person)
    return {
        "agent": agent,
        "administers": administers,
        "keys": [key_row(key, at) for key in queries.keys_of(agent=agent)],
        "grants": [grant_row(grant, at) for grant in queries.all_grants_of(agent=agent)],
        "moves": _moves(agent) if administers else [],
        "owners": active_people() if administers else (),
        "key_form": KeyForm(auto_id="new_key_%s"),
        "rotate_form": RotateForm(),
        "grant_form": (grant_form or GrantForm()) if administers else None,
        "history": ledger.subject_history(kind="agent", id=agent.pk, limit=HISTORY_SHOWN),
    }


def key_row(key: Key, at: dt.datetime) -> KeyRow:
    """Return a key with the word for how it stands."""
    if key.revoked_at is not None:
        return KeyRow(key, "revoked", works=False)
    if key.expires_at <= at:
        return KeyRow(key, "expired", works=False)
    return KeyRow(key, "expiring" if key.expires_at <= at + SOON else "active", works=True)


def grant_row(grant: Grant, at: dt.datetime) -> GrantRow:
    """Return a grant with the word for how it stands."""
    if grant.ends_at is not None and grant.ends_at <= at:
        return GrantRow(grant, "ended", over=True)
    state = "in force" if grant.starts_at <= at else "to come"
    return GrantRow(grant, state, over=False, left=_left(grant, at))


def _left(grant: Grant, at: dt.datetime) -> str:
    if grant.ends_at is None:
        return ""
    left = grant.ends_at - at
    if left >= dt.timedelta(days=2):
        return f"{left.days} days left"
    hours = int(left.total_seconds() // 3600)
    return f"{hours} h left" if hours else "less than an hour left"


def _moves(agent: Agent) -> list[Move]:
    allowed = AGENT_MOVES[AgentState(agent.state)]
    return [
        Move(*words, effect=EFFECTS[state]) for state, words in MOVES.items() if state in allowed
    ]
