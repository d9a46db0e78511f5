"""Events of chat: accounts in Slack, and approvals given there."""

from audit.event import Event, event
from audit.lanes import Lane

CHAT: dict[str, Event] = {
    "chat.linked": event(Lane.CONFIG, "linked a Slack account", "slack_user"),
    "chat.unlinked": event(Lane.CONFIG, "let go of a Slack account", "slack_user"),
    "chat.approved": event(Lane.EXECUTION, "approved it in Slack", "digest slack_user message"),
}
