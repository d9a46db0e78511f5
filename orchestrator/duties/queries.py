"""Reading duties, their rounds and the lines of a round."""

import datetime as dt

from django.db.models import QuerySet

from orchestrator.duties.models import DutyRound
from orchestrator.duties.states import RoundState


def overdue(at: dt.datetime) -> QuerySet[DutyRound]:
    """Return the rounds that should be done by now, the most overdue first."""
    rows = DutyRound.objects.filter(due_at__lte=at).exclude(state=RoundState.DONE)
    return rows.select_related("duty__workflow", "duty__role", "assignee").order_by("due_at", "pk")
