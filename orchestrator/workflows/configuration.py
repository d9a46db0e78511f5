"""The built-in workflow through which Countersign's own configuration is changed."""

import datetime as dt
from pathlib import Path

from django.db import transaction

from orchestrator.kernel.actors import Actor
from orchestrator.orgs.models import Environment, Org, OrgKind
from orchestrator.orgs.operations import connect_org
from orchestrator.people.models import User
from orchestrator.workflows import operations
from orchestrator.workflows.consistency import CheckCondition
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.modes import Mode

SLUG = "countersign-configuration"
ORG = "countersign"
SOURCE = Path(__file__).parent / "builtin" / "configuration.yaml"


@transaction.atomic
def ensure_configuration_workflow(
    *, owner: User, by: Actor, at: dt.datetime, check_condition: CheckCondition
) -> Workflow:
    """
    Return the workflow that promotions and versions go through, made if it is not there.

    It works in propose mode from the start: every change of the configuration asks people.

    :raises BadWorkflowFile: if nobody carries the role `ops-owner` yet
    """
    existing = Workflow.objects.filter(slug=SLUG).first()
    if existing is not None:
        return existing
    if not Org.objects.filter(slug=ORG).exists():
        connect_org(
            slug=ORG,
            title="Countersign",
            kind=OrgKind.CONTROL,
            environment=Environment.PRODUCTION,
            by=by,
            at=at,
        )
    source = SOURCE.read_text(encoding="utf-8").replace("{owner}", owner.username)
    version = operations.add_version(
        source=source, by=by, at=at, note="Built in.", check_condition=check_condition
    )
    operations.raise_mode(
        workflow=version.workflow,
        to=Mode.PROPOSE,
        reason="Configuration is always decided by people.",
        proposal="",
        by=by,
        at=at,
    )
    return Workflow.objects.get(pk=version.workflow_id)
