"""Passes: what one stream may tell, as the pages of the same person would show it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestrator.live.events import FOR_PAGES, Event, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Whom a stream is for, and what they may know of."""

    person: str
    name: str
    # Slugs, and numbers behind a hash sign.
    workflows: frozenset[str] = frozenset()
    # The roles whose duty the person carries now.
    roles: frozenset[str] = frozenset()
    # The proposal that is on the screen, which the person may see, and its workflow.
    proposal: str = ""
    proposal_workflow: str = ""
    # Names the session, in case that it ends.
    session: str = ""

    def allows(self, event: Event) -> bool:
        """Say whether the person may know of what happened."""
        if event.kind not in FOR_PAGES:
            return False
        return (
            event.kind == Kind.MUCH
            or event.workflow in self.workflows
            or not self.roles.isdisjoint(event.roles)
            or bool(self.proposal and event.proposal == self.proposal)
        )

    def as_json(self) -> dict[str, Any]:
        """Return the pass for an answer."""
        return {
            "person": self.person,
            "name": self.name,
            "workflows": sorted(self.workflows),
            "roles": sorted(self.roles),
            "proposal": self.proposal,
            "proposal_workflow": self.proposal_workflow,
            "session": self.session,
        }


def from_json(row: dict[str, Any]) -> Pass:
    """
    Return the pass of an answer.

    :raises KeyError: if it is none
    """
    return Pass(
        person=row["person"],
        name=row["name"],
        workflows=frozenset(row["workflows"]),
        roles=frozenset(row["roles"]),
        proposal=row["proposal"],
        proposal_workflow=row["proposal_workflow"],
        session=row["session"],
    )


# Given a person, the proposal on their screen (or nothing) and the moment; without the session.
Issue = Callable[[Any, str, dt.datetime], Pass]
_issuers: list[Issue] = []


def register(issue: Issue) -> None:
    """Say who knows what people may see; called once, when the app is ready."""
    _issuers[:] = [issue]


def issue(person: Any, *, proposal: str, at: dt.datetime) -> Pass:
    """
    Return what a stream of this person may tell.

    :raises NotFound: if the person may not know of the proposal
    """
    [found] = _issuers
    return found(person, proposal, at)
