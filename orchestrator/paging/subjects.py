"""What people are called about."""

import datetime as dt
from dataclasses import dataclass

PROPOSAL, FAILURE, SWITCH = "proposal", "failure", "switch"
# What keeps happening to a proposal: over with the proposal, not with its next decision.
TROUBLE = "trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSubject:
    """One matter: a kind and an id that others resolve it by, and what the person called reads."""

    kind: str
    id: str
    # Plain text; may hold words of an agent.
    title: str
    # Absolute path of our own page about it.
    path: str
    workflow: str = ""
    until: dt.datetime | None = None
    # User names of those who may not act on it.
    barred: tuple[str, ...] = ()
