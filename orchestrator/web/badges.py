"""What a state, a risk or a mode looks like: its word, its tone and its icon."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Badge:
    """One small label. The word says it all; tone and icon only help the eye."""

    label: str
    tone: str  # quiet, info, good, warn, bad or special
    icon: str
    hint: str = ""


PROPOSAL = {
    "received": Badge("Received", "quiet", "circle-dashed", "Stored; being prepared"),
    "observed": Badge("Observed", "quiet", "telescope", "Recorded only; nobody is asked"),
    "refused": Badge("Refused", "bad", "ban", "Policy does not allow it"),
    "in_review": Badge("In review", "info", "user-question", "Waits for people"),
    "revision_requested": Badge(
        "Sent back", "special", "message-circle-question", "Waits for the agent's answer"
    ),
    "approved": Badge("Approved", "good", "check", "Waits for a worker to write it"),
    "committing": Badge("Committing", "info", "refresh", "A worker is writing it"),
    "committed": Badge("Committed", "good", "checks", "Written and read back"),
    "failed": Badge("Failed", "bad", "alert-circle", "Not written; needs a person"),
    "outcome_unknown": Badge(
        "Outcome unknown", "warn", "zoom-question", "Being settled by reading back"
    ),
    "denied": Badge("Denied", "bad", "circle-x", "A person said no"),
    "expired": Badge("Expired", "quiet", "hourglass", "Its time ran out"),
    "withdrawn": Badge("Withdrawn", "quiet", "arrow-back-up", "The agent took it back"),
    "discarded": Badge("Discarded", "quiet", "trash-x", "A person gave it up"),
    "reverted": Badge("Reverted", "special", "history", "Undone by a later commit"),
}
REVIEW = {
    "waiting": Badge("Waiting", "quiet", "clock-pause", "Its stage has not begun"),
    "open": Badge("Open", "info", "user-question", "Waits for people"),
    "approved": Badge("Approved", "good", "check"),
    "denied": Badge("Denied", "bad", "circle-x"),
    "sent_back": Badge("Sent back", "special", "message-circle-question"),
    "closed": Badge("Closed", "quiet", "circle-minus", "No longer needed"),
}
VOTE = {
    "approve": Badge("Approved", "good", "check"),
    "deny": Badge("Denied", "bad", "x"),
    "send_back": Badge("Sent back", "special", "message-circle-question"),
}
RISK = {
    "low": Badge("Low", "good", "shield-check", "Low risk"),
    "medium": Badge("Medium", "warn", "shield-half", "Medium risk"),
    "high": Badge("High", "bad", "alert-triangle", "High risk"),
}
MODE = {
    "observe": Badge("Observe", "quiet", "eye", "Recorded and scored; nothing is written"),
    "propose": Badge("Propose", "info", "user-check", "Every change needs people"),
    "execute": Badge("Execute", "special", "bolt", "Automatic actions commit within limits"),
}
POLICY = {
    "automatic": Badge("Automatic", "special", "bolt", "Commits without a person"),
    "human_in_loop": Badge("Human in the loop", "info", "user-check", "Needs people"),
    "human_only": Badge("Human only", "warn", "user", "Never automatic"),
}
CHECK = {
    "automatic": Badge("Passed", "good", "circle-check"),
    "review": Badge("Needs a person", "warn", "user-check"),
    "observe": Badge("Observed only", "quiet", "eye"),
    "refuse": Badge("Refused", "bad", "circle-x"),
}
AGENT = {
    "draft": Badge("Draft", "quiet", "pencil", "Cannot propose yet"),
    "active": Badge("Active", "good", "circle-check"),
    "suspended": Badge("Suspended", "warn", "player-pause", "Its keys are refused"),
    "retired": Badge("Retired", "quiet", "archive", "Its keys never work again"),
}
KEY = {
    "active": Badge("Active", "good", "key"),
    "expiring": Badge("Expires soon", "warn", "hourglass"),
    "expired": Badge("Expired", "quiet", "hourglass"),
    "revoked": Badge("Revoked", "bad", "ban"),
}
COMMIT = {
    "queued": Badge("Queued", "quiet", "clock", "Waits for a worker"),
    "claimed": Badge("Claimed", "info", "refresh", "A worker is writing it"),
    "written": Badge("Written", "info", "check", "Still to be read back"),
    "done": Badge("Done", "good", "checks", "Written and read back"),
    "conflict": Badge("Conflict", "warn", "arrows-exchange", "The record moved"),
    "failed": Badge("Dead letter", "bad", "alert-circle", "Not written; needs a person"),
    "unknown": Badge("Outcome unknown", "warn", "zoom-question", "Being settled by reading back"),
    "cancelled": Badge("Cancelled", "quiet", "circle-minus", "No longer approved"),
    "discarded": Badge("Discarded", "quiet", "trash-x", "A person gave it up"),
    "replaced": Badge("Replaced", "quiet", "pencil", "A person corrected it: a new revision"),
}
SWITCH = {
    "running": Badge("Writes on", "good", "circle-check"),
    "halting": Badge("Halting", "warn", "hand-stop", "Waiting for writes in flight"),
    "halted": Badge("Halted", "bad", "hand-stop", "Nothing is written"),
    "released": Badge("Released", "quiet", "player-play"),
}
BREAKER = {
    "closed": Badge("Writes on", "good", "plug-connected"),
    "open": Badge("Paused", "bad", "plug-off", "Nothing is written to this org"),
    "half_open": Badge("Being tried", "warn", "refresh", "One worker asks whether it answers"),
}
SWAP = {
    "asked": Badge("Asked", "info", "user-question", "Nothing changes until it is accepted"),
    "accepted": Badge("Accepted", "good", "check"),
    "declined": Badge("Declined", "bad", "x"),
    "withdrawn": Badge("Withdrawn", "quiet", "arrow-back-up"),
    "expired": Badge("Expired", "quiet", "hourglass"),
}
VERSION = {
    "draft": Badge("Draft", "quiet", "pencil"),
    "published": Badge("Published", "info", "checks"),
    "active": Badge("In force", "good", "circle-check"),
    "retired": Badge("Retired", "quiet", "archive"),
}
ENVIRONMENT = {
    "dev": Badge("dev", "quiet", "settings"),
    "staging": Badge("staging", "info", "stack-2"),
    "prod": Badge("prod", "special", "world"),
}
LANE = {
    "config": Badge("Config", "special", "settings"),
    "data": Badge("Data", "info", "database"),
    "execution": Badge("Execution", "quiet", "activity"),
}
OPERATION = {
    "create": Badge("Create", "good", "plus"),
    "update": Badge("Update", "info", "pencil"),
    "delete": Badge("Delete", "bad", "trash"),
}

FINDING = {
    "seen": Badge("Seen", "warn", "eye", "Seen once; looked at again in seconds"),
    "restarted": Badge("Restarted", "info", "refresh", "Its next step was armed anew, once"),
    "alarmed": Badge("Alarm", "bad", "bell", "People were called by two paths"),
    "cleared": Badge("In order", "good", "circle-check"),
}
DELIVERY = {
    "queued": Badge("Queued", "quiet", "clock", "Waits to be sent"),
    "sending": Badge("Sending", "info", "refresh", "On its way"),
    "sent": Badge("Sent", "good", "check", "The receiver took it"),
    "failed": Badge("Failed", "bad", "alert-circle", "No channel could deliver it"),
    "failed_over": Badge("Failed over", "warn", "switch-horizontal", "Another channel took over"),
    "cancelled": Badge("Cancelled", "quiet", "circle-minus", "There was nothing left to say"),
}
URGENCY = {
    "low": Badge("Digest", "quiet", "list", "Waits for the digest"),
    "normal": Badge("Normal", "quiet", "bell"),
    "high": Badge("Urgent", "warn", "alert-triangle"),
    "page": Badge("Page", "bad", "phone", "Ignores quiet hours"),
}
WEBHOOK = {
    "active": Badge("Active", "good", "circle-check"),
    "paused": Badge("Paused", "warn", "player-pause", "Nothing is sent; what happens waits"),
    "disabled": Badge("Off", "bad", "plug-off", "It said that it is gone"),
    "removed": Badge("Removed", "quiet", "trash", "Nothing is sent to it any more"),
    "pending": Badge("Waiting", "quiet", "clock", "Waits for its next try"),
    "delivering": Badge("On its way", "info", "send"),
    "delivered": Badge("Delivered", "good", "check", "The endpoint took it"),
    "dead": Badge("Given up", "bad", "alert-circle", "Every try failed; it can be sent again"),
}
KINDS: Mapping[str, Mapping[str, Badge]] = {
    "delivery": DELIVERY,
    "urgency": URGENCY,
    "proposal": PROPOSAL,
    "review": REVIEW,
    "vote": VOTE,
    "risk": RISK,
    "mode": MODE,
    "policy": POLICY,
    "check": CHECK,
    "agent": AGENT,
    "key": KEY,
    "commit": COMMIT,
    "switch": SWITCH,
    "breaker": BREAKER,
    "swap": SWAP,
    "version": VERSION,
    "environment": ENVIRONMENT,
    "lane": LANE,
    "operation": OPERATION,
    "finding": FINDING,
    "webhook": WEBHOOK,
}

OBJECT_ICONS = {
    "Account": "building",
    "Contact": "user",
    "Lead": "user-plus",
    "Opportunity": "target",
    "Case": "messages",
    "Task": "list-check",
    "EmailMessage": "mail",
    "Campaign": "flag",
    "User": "user-circle",
    "Quote": "receipt-2",
    "Order": "receipt-2",
}
ANY_OBJECT_ICON = "database"


def badge_for(kind: str, value: str) -> Badge:
    """Return the badge of `value`; a word nobody listed is shown quietly as it stands."""
    listed = KINDS[kind].get(value)
    return listed or Badge(value.replace("_", " ").capitalize(), "quiet", "point")


def object_icon(name: str) -> str:
    """Return the icon of a CRM object, custom ones included."""
    plain = name.removesuffix("__c").rsplit("__", 1)[-1]
    return OBJECT_ICONS.get(plain, ANY_OBJECT_ICON)
