"""Events of notifications, webhooks, outcomes."""

from audit.event import Event

NOTICES: dict[str, Event] = {}
