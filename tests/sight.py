"""Fields that are kept from some people, for tests of who sees what."""

from orchestrator.people import operations as people
from orchestrator.people.models import Role
from orchestrator.people.rights import Right
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows import operations as workflows
from orchestrator.workflows.models import Workflow
from tests.registry_factories import AT, SETUP


def keep(workflow: Workflow, *, object_name: str = "Opportunity", **classes: str) -> Workflow:
    """Publish a version of the workflow that declares how closely these fields are kept."""
    source = workflow.versions.order_by("-number")[0].source
    lines = [f"  {object_name}.{name}: {{ class: {each} }}" for name, each in classes.items()]
    head = "" if "\nfields:\n" in source else "fields:\n"
    version = workflows.add_version(
        source=source + head + "\n".join(lines) + "\n",
        by=SETUP,
        at=AT,
        note="",
        check_condition=compile_condition,
    )
    workflows.publish(version=version, reason="Some fields are kept.", by=SETUP, at=AT)
    workflow.refresh_from_db()
    return workflow


def show(workflow: Workflow, role: str, right: Right) -> None:
    """Give a role the right to see fields of a class."""
    people.grant_right(
        role=Role.objects.get(slug=role), workflow=workflow, right=right, by=SETUP, at=AT
    )


def take(workflow: Workflow, role: str, right: Right) -> None:
    """Take that right away again."""
    people.take_right(
        role=Role.objects.get(slug=role),
        workflow=workflow,
        right=right,
        reason="Only some need to see it.",
        by=SETUP,
        at=AT,
    )
