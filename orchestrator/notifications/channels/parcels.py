"""What a worker hands to a channel, and what comes back; pure."""

from dataclasses import dataclass

from orchestrator.notifications.states import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One delivery, ready to leave: it holds nothing that the channel may not carry."""

    # Stable over every attempt, so that a receiver can fold repeated ones.
    id: str
    # The same for a message and its follow-up: what an update refers to.
    thread: str
    purpose: str
    urgency: str
    event: str
    title: str
    # Where the thing can be seen: an address of our own pages, never one that decides.
    url: str
    site: str
    subject_kind: str = ""
    subject_id: str = ""
    lines: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """Say whether this is the final state of something told before."""
        return self.purpose == Purpose.FOLLOW_UP

    @property
    def text(self) -> str:
        """Return lines and address as plain text."""
        return "\n".join([*self.lines, "", f"Open: {self.url}"]).strip()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one attempt; the words are ours, and hold no part of an address."""

    sent: bool
    # What the provider answered, or why it failed.
    words: str = ""
    # Another attempt would fail in the same way.
    permanent: bool = False


def sent(words: str = "") -> Receipt:
    """Return the receipt of something that was taken."""
    return Receipt(sent=True, words=words)


def failed(words: str, *, permanent: bool = False) -> Receipt:
    """Return the receipt of something that was not taken."""
    return Receipt(sent=False, words=words, permanent=permanent)
