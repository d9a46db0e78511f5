"""A review of four hours and what happens to it: steps at 50, 80 and 100 %, denied at 300 %."""

import datetime as dt

from approvals.content import Draft
from approvals.models import Escalation, Proposal, Review
from audit.models import Entry
from orchestrator.notifications.models import Notification
from orchestrator.timers import firing
from tests.factories import AT, create_proposal, create_workflow
from tests.standard_workflow import WORKFLOW

__all__ = ["AT", "HOUR", "entries", "escalating", "fire", "review_of", "taken", "told"]
HOUR = dt.timedelta(hours=1)
PLAN = """
escalation:
  - {{ at: 50%, do: remind }}
  - {{ at: 80%, do: widen, to: backups }}
  - {{ at: 100%, do: page, to: on-call }}
  - {{ at: +30 minutes, do: page_next }}
  - {{ at: +1 hour, do: notify_owner }}
  - {{ on: third_send_back, do: notify_owner }}
  - {{ on: second_conflict, do: page }}
  - {{ at: 300%, do: deny }}
"""


def escalating(plan: str = PLAN, draft: Draft | None = None) -> Proposal:
    """Return a proposal in review, in a workflow with this plan; ben is asked, dora is behind."""
    create_workflow(source=WORKFLOW + plan)
    return create_proposal(draft=draft)


def review_of(proposal: Proposal) -> Review:
    """Return its open review."""
    return Review.objects.get(proposal=proposal, state="open")


def fire(hours: float) -> int:
    """Fire every timer that is due so many hours after AT."""
    return firing.fire_due(at_clock=lambda: AT + hours * HOUR)


def taken(proposal: Proposal) -> list[tuple[str, str]]:
    """Return the steps that came to pass, with their outcome."""
    rows = Escalation.objects.filter(proposal=proposal, drill="").order_by("at", "pk")
    return [(row.do, row.outcome) for row in rows]


def told(event: str) -> list[str]:
    """Return who was told of an event, in order of their names."""
    rows = Notification.objects.filter(event=event, person__isnull=False)
    return sorted(rows.values_list("person__username", flat=True))


def entries(proposal: Proposal, event: str) -> list[dict]:
    """Return the details of the ledger's entries of one event, in order."""
    rows = Entry.objects.filter(proposal_id=proposal.pk, event=event).order_by("pk")
    return [row.detail for row in rows]
