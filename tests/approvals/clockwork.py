"""How the tests make workflows and roles that go by calendars."""

from orchestrator.calendars.models import Calendar
from orchestrator.people.models import Role
from orchestrator.people.role_calendars import set_calendar
from orchestrator.workflows.models import Workflow
from tests.factories import AT, SETUP, create_workflow
from tests.standard_workflow import WORKFLOW

STANDARD = "sla: {{ decide_within: 4 hours, execute_within: 24 hours }}\n"


def workflow_with(sla: str, *, first_stage: str = "", escalation: str = "") -> Workflow:
    """Return the standard workflow with other clocks."""
    assert STANDARD in WORKFLOW
    source = WORKFLOW.replace(STANDARD, f"sla: {{{{ {sla} }}}}\n{escalation}")
    if first_stage:
        source = source.replace(
            "- {{ role: deal-desk, quorum: 1 }}",
            f"- {{{{ role: deal-desk, quorum: 1, decide_within: {first_stage} }}}}",
        )
    return create_workflow(source=source)


def works_by(role: str, calendar: Calendar | None) -> None:
    """Give a role a calendar."""
    set_calendar(role=Role.objects.get(slug=role), calendar=calendar, by=SETUP, at=AT)
