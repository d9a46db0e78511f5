"""The kinds of channel, and what each of them can do."""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.kernel.choices import Choices
from orchestrator.notifications.messages import Urgency


class Kind(Choices):
    EMAIL = "email"
    SLACK = "slack"
    TEAMS = "teams"
    PAGERDUTY = "pagerduty"
    OPSGENIE = "opsgenie"
    SMS = "sms"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Ability:
    """What a kind of channel is called, and can do."""

    words: str
    icon: str
    # Wakes somebody up, so a page goes there first.
    pages: bool = False
    # Takes the final state under the same id; the others get one short message more.
    updates: bool = False


ABILITIES: Mapping[str, Ability] = {
    Kind.EMAIL: Ability("E-mail", "mail"),
    Kind.SLACK: Ability("Slack", "messages"),
    Kind.TEAMS: Ability("Microsoft Teams", "message-circle"),
    Kind.PAGERDUTY: Ability("PagerDuty", "lifebuoy", pages=True, updates=True),
    Kind.OPSGENIE: Ability("Opsgenie", "lifebuoy", pages=True, updates=True),
    Kind.SMS: Ability("Text message", "phone", pages=True),
    Kind.WEBHOOK: Ability("Webhook", "plug-connected", updates=True),
}


def default_ranks(kind: str) -> dict[str, int]:
    """Return where a new channel of this kind stands: pages go first to what wakes people up."""
    if ABILITIES[kind].pages:
        return {Urgency.PAGE: 1, Urgency.HIGH: 2}
    return {Urgency.PAGE: 2, Urgency.HIGH: 1, Urgency.NORMAL: 1, Urgency.LOW: 1}
