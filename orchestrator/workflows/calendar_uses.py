"""Which roles and workflows go by a calendar."""

from typing import Any

from orchestrator.calendars.models import Calendar
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import (
    may_administer_people,
    workflows_with_right,
)
from orchestrator.people.rights import Right
from orchestrator.workflows.models import Workflow


def uses_of(calendar: Calendar, person: User) -> dict[str, Any]:
    """Return the roles and the workflows in force that go by it, as far as the person sees them."""
    visible = workflows_with_right(person, Right.VIEW)
    going_by_it = Workflow.objects.filter(
        current_version__definition__sla__calendar=calendar.slug
    ).order_by("title")
    seen = [
        workflow for workflow in going_by_it.only("pk", "slug", "title") if workflow.pk in visible
    ]
    roles = list(Role.objects.select_related("calendar"))
    may_change = may_administer_people(person)
    return {
        "calendar": calendar,
        "roles": [role for role in roles if role.calendar_id == calendar.pk],
        "workflows": seen,
        "may_change": may_change,
        "others": [role for role in roles if role.calendar_id != calendar.pk] if may_change else [],
    }
