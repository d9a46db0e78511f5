"""The states of a delivery."""

from orchestrator.kernel.choices import Choices


class DeliveryState(Choices):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    # Failed here, and another channel of the same person took over.
    FAILED_OVER = "failed_over"
    # Never sent, because there was nothing left to say.
    CANCELLED = "cancelled"


S = DeliveryState
DELIVERY_MOVES: dict[str, frozenset[str]] = {
    S.QUEUED: frozenset({S.SENDING, S.FAILED, S.FAILED_OVER, S.CANCELLED}),
    S.SENDING: frozenset({S.QUEUED, S.SENT, S.FAILED, S.FAILED_OVER, S.CANCELLED}),
    S.SENT: frozenset(),
    # A person may ask for one more try; a failed digest joins the one that waits.
    S.FAILED: frozenset({S.QUEUED, S.CANCELLED}),
    S.FAILED_OVER: frozenset(),
    S.CANCELLED: frozenset(),
}
OPEN = frozenset({S.QUEUED, S.SENDING})
FINAL = frozenset(S) - OPEN


class Purpose(Choices):
    MESSAGE = "message"
    DIGEST = "digest"
    FOLLOW_UP = "follow_up"
    TEST = "test"


class DigestRhythm(Choices):
    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"
