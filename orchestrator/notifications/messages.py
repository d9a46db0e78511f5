"""What is said to people: a message and its urgency, without a word about how it arrives."""

from dataclasses import dataclass

from orchestrator.kernel.choices import Choices

LONGEST_TITLE, LONGEST_LINE, MOST_LINES = 200, 500, 20


class Urgency(Choices):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    PAGE = "page"

    @property
    def weight(self) -> int:
        """Return where it stands in the queue: pages are sent first."""
        return (Urgency.PAGE, Urgency.HIGH, Urgency.NORMAL, Urgency.LOW).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """
    One message about one subject.

    `title` and `lines` go to every channel, so they say what kind of thing it is, the workflow,
    the risk and until when, and never a record's name or value. What names records, or was written
    by an agent, goes into `details`: those reach our own pages, and channels marked for them.
    """

    event: str
    urgency: Urgency
    title: str
    path: str
    subject_kind: str
    subject_id: str
    # The same key for the same person is told once.
    key: str
    lines: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
