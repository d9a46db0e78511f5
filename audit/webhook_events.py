"""Events of webhooks: what people did with endpoints, and what was given up."""

from audit.event import Event, event
from audit.lanes import Lane

WEBHOOKS: dict[str, Event] = {
    "webhook.endpoint_added": event(Lane.CONFIG, "added a webhook", "endpoint label url events"),
    "webhook.events_chosen": event(
        Lane.CONFIG, "chose what a webhook is told of", "endpoint label events"
    ),
    "webhook.paused": event(Lane.CONFIG, "paused a webhook", "endpoint label reason"),
    "webhook.resumed": event(Lane.CONFIG, "resumed a webhook", "endpoint label"),
    "webhook.endpoint_removed": event(
        Lane.CONFIG, "removed a webhook", "endpoint label reason given_up"
    ),
    "webhook.secret_rotated": event(
        Lane.CONFIG, "made a new secret for a webhook", "endpoint label old_until"
    ),
    "webhook.tested": event(Lane.CONFIG, "tested a webhook", "endpoint label message"),
    "webhook.stopped": event(Lane.CONFIG, "stopped a webhook", "endpoint label reason"),
    "webhook.replayed": event(
        Lane.EXECUTION, "had webhook messages sent again", "endpoint label which messages"
    ),
    "webhook.given_up": event(
        Lane.EXECUTION, "gave up a webhook message", "endpoint message event tries words"
    ),
}
