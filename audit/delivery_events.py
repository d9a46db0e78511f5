"""Events of channels and deliveries."""

from audit.event import Event, event
from audit.lanes import Lane

CHANNEL = "kind label owner shared carries_details"
DELIVERIES: dict[str, Event] = {
    "channel.added": event(Lane.CONFIG, "added a way to be told", CHANNEL),
    "channel.changed": event(Lane.CONFIG, "changed when a shared channel is used", CHANNEL),
    "channel.removed": event(Lane.CONFIG, "removed a way to be told", CHANNEL),
    "delivery.retried": event(Lane.EXECUTION, "asked to send a failed delivery again", "channel"),
}
