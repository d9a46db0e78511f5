"""The states of a card in Slack."""

from orchestrator.kernel.choices import Choices


class CardState(Choices):
    QUEUED = "queued"
    # In Slack, with its button.
    OFFERED = "offered"
    # The review is over; the message has to say so.
    ENDED = "ended"
    # The message shows how it ended, or never was in Slack.
    CLOSED = "closed"


C = CardState
CARD_MOVES: dict[CardState, frozenset[CardState]] = {
    C.QUEUED: frozenset({C.OFFERED, C.CLOSED}),
    C.OFFERED: frozenset({C.ENDED}),
    C.ENDED: frozenset({C.CLOSED}),
    C.CLOSED: frozenset(),
}
