"""What one registered event is."""

from dataclasses import dataclass

from audit.lanes import Lane


@dataclass(frozen=True, slots=True)
class Event:
    """One registered event: the keys its detail must have, and those it may have."""

    lane: Lane
    required: frozenset[str]
    optional: frozenset[str]
    words: str

    @property
    def keys(self) -> frozenset[str]:
        """Return every key that the detail may have."""
        return self.required | self.optional


def event(lane: Lane, words: str, required: str = "", optional: str = "") -> Event:
    """Return an event with its lane, its words, and the names of its keys parted by spaces."""
    return Event(lane, frozenset(required.split()), frozenset(optional.split()), words)
