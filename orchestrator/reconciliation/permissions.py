"""Who may see what was reconciled, and who may ask for a run."""

from orchestrator.kernel.errors import NotAllowed
from orchestrator.orgs.models import Org, OrgKind
from orchestrator.people.models import User
from orchestrator.people.permissions import workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.workflows.models import Workflow


def visible_workflows(person: User) -> set[int]:
    """Return the workflows whose differences the person may see: all of them for staff."""
    if person.is_active and person.is_staff:
        return set(Workflow.objects.values_list("pk", flat=True))
    return workflows_with_right(person, Right.VIEW)


def visible_orgs(workflow_ids: set[int]) -> list[Org]:
    """Return the CRM orgs of these workflows."""
    rows = Org.objects.filter(kind=OrgKind.SALESFORCE, workflows__in=workflow_ids)
    return list(rows.distinct())


def may_start(person: User, org: Org) -> bool:
    """Say whether the person is staff, or administers a workflow of the org."""
    if person.is_active and person.is_staff:
        return True
    administered = workflows_with_right(person, Right.ADMINISTER)
    return Workflow.objects.filter(pk__in=administered, org=org).exists()


def check_start(person: User, org: Org) -> None:
    """
    Refuse who may not ask for a run.

    :raises NotAllowed: if so
    """
    if not may_start(person, org):
        raise NotAllowed(f"Ask somebody who administers a workflow of {org.title}.")
