"""Who did it, as text: an actor outlives the row it came from."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The three kinds of actor that the ledger knows."""

    PERSON = "person"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, an agent or a part of the system that acts."""

    kind: ActorKind
    id: str
    label: str


def system(part: str) -> Actor:
    """Return the actor for a part of Countersign itself, such as `expiry` or `commit engine`."""
    return Actor(kind=ActorKind.SYSTEM, id=part, label=f"Countersign ({part})")
