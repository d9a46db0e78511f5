"""Events of pages: who was called about what, who answered, and how it ended."""

from audit.event import Event
from audit.event import event as _event
from audit.lanes import Lane

PAGES: dict[str, Event] = {
    "page.called": _event(Lane.EXECUTION, "called somebody", "about subject person why"),
    "page.acknowledged": _event(Lane.EXECUTION, "took the page", "about subject seconds"),
    "page.handed_on": _event(Lane.EXECUTION, "handed the page on", "about subject to", "text"),
    "page.resolved": _event(Lane.EXECUTION, "ended the page", "about subject words"),
    "page.exhausted": _event(
        Lane.EXECUTION, "called everybody, and nobody answered", "about subject round why"
    ),
}
