"""The states of endpoints and deliveries, and the moves between them."""

from orchestrator.kernel.choices import Choices


class EndpointState(Choices):
    ACTIVE = "active"
    # Nothing is sent; what happens meanwhile waits and goes out once it is active again.
    PAUSED = "paused"
    # It answered that it is gone: nothing is sent, and nothing new is kept for it.
    DISABLED = "disabled"
    # Kept for what was sent to it; shown to nobody any more, and without a secret.
    REMOVED = "removed"


E = EndpointState
ENDPOINT_MOVES: dict[EndpointState, frozenset[EndpointState]] = {
    E.ACTIVE: frozenset({E.PAUSED, E.DISABLED, E.REMOVED}),
    E.PAUSED: frozenset({E.ACTIVE, E.DISABLED, E.REMOVED}),
    E.DISABLED: frozenset({E.ACTIVE, E.REMOVED}),
    E.REMOVED: frozenset(),
}


class DeliveryState(Choices):
    PENDING = "pending"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    # Every try failed: it waits for a person who sends it again.
    DEAD = "dead"


D = DeliveryState
DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    # Given up untried where its endpoint is removed.
    D.PENDING: frozenset({D.DELIVERING, D.DEAD}),
    D.DELIVERING: frozenset({D.DELIVERED, D.PENDING, D.DEAD}),
    D.DELIVERED: frozenset({D.PENDING}),
    D.DEAD: frozenset({D.PENDING}),
}
# On their way, or about to be.
WAITING = (D.PENDING, D.DELIVERING)


class Trouble(Choices):
    """What the owner of an agent is told about its webhooks."""

    DEAD = "dead"
    FAILING = "failing"
    GONE = "gone"
