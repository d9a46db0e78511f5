"""Events of duties: opened, signed off line by line, handed on, finished, overdue."""

from audit.event import Event
from audit.event import event as _event
from audit.lanes import Lane

DUTIES: dict[str, Event] = {
    "duty.opened": _event(
        Lane.EXECUTION, "opened a duty", "kind period missed lines assignee due_at"
    ),
    "duty.line_signed": _event(
        Lane.EXECUTION,
        "signed off a line of a duty",
        "line title verdict state",
        "text digest trouble follow_up bulk",
    ),
    "duty.handed_on": _event(Lane.EXECUTION, "handed a duty on", "to text", "previous"),
    "duty.finished": _event(
        Lane.EXECUTION, "finished a duty", "kind period lines verdicts digest", "text missed late"
    ),
    "duty.overdue": _event(Lane.EXECUTION, "found a duty overdue", "due_at assignee"),
    "duty.exported": _event(Lane.EXECUTION, "took a duty's lines away as CSV", "kind period lines"),
    "duty.changed": _event(Lane.CONFIG, "arranged a duty otherwise", "reason before after"),
}
