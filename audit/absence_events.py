"""Events of absences, accounts and of duties that change hands."""

from audit.event import Event, event
from audit.lanes import Lane

ABSENCES: dict[str, Event] = {
    "absence.set": event(
        Lane.CONFIG, "is out of office", "starts_at ends_at", "delegate note reason person"
    ),
    "absence.ended": event(
        Lane.CONFIG, "called the absence off", "starts_at ends_at", "reason delegate person"
    ),
    "absence.delegate_changed": event(
        Lane.CONFIG,
        "changed who stands in",
        "starts_at ends_at",
        "reason delegate person",
    ),
    "agent.owner_changed": event(
        Lane.CONFIG, "changed who answers for the agent", "old new reason"
    ),
    "workflow.owner_changed": event(
        Lane.CONFIG, "changed who is responsible for the workflow", "old new reason"
    ),
    "person.closed": event(Lane.CONFIG, "closed the account", "reason", "successor duties staff"),
    "person.reopened": event(Lane.CONFIG, "opened the account again", "reason"),
    "person.password_changed": event(Lane.CONFIG, "changed their password"),
    "person.time_zone_changed": event(Lane.CONFIG, "changed their time zone", "old new"),
    "person.duties_handed_over": event(
        Lane.CONFIG, "handed duties over", "to reason duties", "kept"
    ),
    "review.given_back": event(
        Lane.EXECUTION, "gave the review back to its role", "stage role person why"
    ),
    "review.counted_anew": event(
        Lane.EXECUTION, "counted anew how many must agree", "stage role quorum"
    ),
}
