"""What pages are told: that something changed, never what it says; they fetch that themselves."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.kernel.choices import Choices


class Kind(Choices):
    """What happened, as far as an open page must know."""

    REVIEW_OPENED = "review_opened"
    DECIDED = "decided"
    CHANGED = "changed"
    DUE = "due"
    # Somebody came to look at it, or left.
    PRESENCE = "presence"
    # These reach the server's streams, not the pages.
    SESSION_ENDED = "session_ended"
    RIGHTS_CHANGED = "rights_changed"
    # More happened than is worth naming.
    MUCH = "much"


# Pages are told of these; everything else is the streams' own affair.
FOR_PAGES = frozenset(
    {Kind.REVIEW_OPENED, Kind.DECIDED, Kind.CHANGED, Kind.DUE, Kind.PRESENCE, Kind.MUCH}
)
# More at once are told as one: look again.
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, in ids only."""

    kind: str
    proposal: str = ""
    # The workflow's slug, or its number behind a hash sign, which no slug has.
    workflow: str = ""
    roles: frozenset[str] = frozenset()
    # Whose rights changed; of a session, its mark.
    about: str = ""


def number(workflow: int) -> str:
    """Return how an event names a workflow of which only the number is known."""
    return f"#{workflow}"


def merged(events: Iterable[Event]) -> list[Event]:
    """Return what is worth telling of events that came together: an ending says it all."""
    different = list(dict.fromkeys(events))
    ended = {event.proposal for event in different if event.kind == Kind.DECIDED}
    return [
        event for event in different if not (event.kind == Kind.CHANGED and event.proposal in ended)
    ]


def packed(events: Iterable[Event]) -> str:
    """Return events as one message; the same one twice is told once."""
    different = merged(events)
    if len(different) > MOST_AT_ONCE:
        different = [Event(kind=Kind.MUCH)]
    return json.dumps([_row(event) for event in different], separators=(",", ":"))


def unpacked(message: str | bytes) -> list[Event]:
    """Return the events of a message; what is not one of ours holds none."""
    try:
        rows = json.loads(message)
        return [
            Event(
                kind=row["k"],
                proposal=row.get("p", ""),
                workflow=row.get("w", ""),
                roles=frozenset(row.get("r", ())),
                about=row.get("a", ""),
            )
            for row in rows
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _row(event: Event) -> dict[str, object]:
    row = {
        "k": str(event.kind),
        "p": event.proposal,
        "w": event.workflow,
        "r": sorted(event.roles),
        "a": event.about,
    }
    return {key: value for key, value in row.items() if value}
