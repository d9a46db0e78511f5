"""Read workflows and their versions."""

from collections.abc import Iterable
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet
from pydantic import ValidationError

from orchestrator.kernel.errors import NotFound
from orchestrator.kernel.partial_rows import partial_row
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.positions import read

# A definition is a few kilobytes; an installation has some dozens of versions in use.
VERSIONS_KEPT = 512


@lru_cache(maxsize=VERSIONS_KEPT)
def definition_of(version_id: int) -> WorkflowDefinition:
    """Return a version's definition; versions are immutable, so a process reads each once."""
    content = WorkflowVersion.objects.values_list("definition", flat=True).get(pk=version_id)
    return WorkflowDefinition.model_validate(content)


@lru_cache(maxsize=VERSIONS_KEPT)
def definition_as_written(version_id: int) -> WorkflowDefinition:
    """Return a version's definition in the order of its file, which the database does not keep."""
    stored = definition_of(version_id)
    source = WorkflowVersion.objects.values_list("source", flat=True).get(pk=version_id)
    try:
        written = WorkflowDefinition.model_validate(read(source).value)
    except ValidationError:
        return stored
    # What counts is what was stored; the file only lends its order.
    return written if written == stored else stored


# Every submission asks this; composing the query anew would take longer than answering it.
IN_FORCE = """
SELECT w.id, w.slug, w.org_id, w.mode, w.current_version_id, v.number
FROM workflows_workflow w JOIN workflows_workflowversion v ON v.id = w.current_version_id
WHERE w.slug = %s
"""


def workflow_in_force(slug: str) -> Workflow | None:
    """Return a workflow with the version in force, as far as proposing needs them; or None."""
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE, [slug])
        row = cursor.fetchone()
    if row is None:
        return None
    key, slug, org_id, mode, version_id, number = row
    workflow = partial_row(
        Workflow, id=key, slug=slug, org_id=org_id, mode=mode, current_version_id=version_id
    )
    workflow.current_version = partial_row(
        WorkflowVersion, id=version_id, workflow_id=key, number=number
    )
    return workflow


def workflows_among(ids: Iterable[int]) -> QuerySet[Workflow]:
    """Return these workflows with what a list shows of them."""
    return (
        Workflow.objects.filter(pk__in=list(ids))
        .select_related("owner", "org", "current_version")
        .defer("current_version__definition", "current_version__source")
    )


def workflow_named(slug: str, *, among: Iterable[int]) -> Workflow:
    """
    Return one of these workflows by its name.

    :raises NotFound: if there is none, or it is not among them
    """
    workflow = workflows_among(among).filter(slug=slug).first()
    if workflow is None:
        raise NotFound("There is no such workflow, or none of your roles may see it.")
    return workflow


def versions_of(workflow: Workflow) -> list[WorkflowVersion]:
    """Return the versions of a workflow, newest first, without their contents."""
    return list(workflow.versions.defer("definition", "source").order_by("-number"))


def version_numbered(workflow: Workflow, number: int) -> WorkflowVersion:
    """
    Return one version of a workflow.

    :raises NotFound: if there is none with this number
    """
    version = workflow.versions.filter(number=number).first()
    if version is None:
        raise NotFound(f"{workflow.title} has no version {number}.")
    return version
