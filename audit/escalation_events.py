"""Events of escalation: what happened because nobody decided."""

from audit.event import Event
from audit.event import event as _event
from audit.lanes import Lane

ESCALATIONS: dict[str, Event] = {
    "review.escalated": _event(
        Lane.EXECUTION,
        "escalated: nobody had decided",
        "review step do outcome lateness text",
        "reached",
    ),
    "review.occasion": _event(
        Lane.EXECUTION, "acted on what happened", "review step on do outcome text", "reached"
    ),
    "review.drilled": _event(
        Lane.EXECUTION, "tested the escalation: nobody had anything to decide", "review drill steps"
    ),
    "review.plan_restarted": _event(
        Lane.EXECUTION, "armed the steps of the escalation anew", "review text"
    ),
}
