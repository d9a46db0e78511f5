"""Events of notifications, webhooks, outcomes."""

from audit.chat_events import CHAT
from audit.delivery_events import DELIVERIES
from audit.event import Event
from audit.webhook_events import WEBHOOKS

NOTICES: dict[str, Event] = {**DELIVERIES, **WEBHOOKS, **CHAT}
