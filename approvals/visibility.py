"""What a person may see of a record: values of fields that are kept never leave the server."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from approvals.models import Proposal
from orchestrator.kernel.hidden import HIDDEN, WHY_HIDDEN, Hidden, is_hidden
from orchestrator.people.models import User
from orchestrator.people.permissions import codenames_given, rights_by_workflow, rights_of
from orchestrator.people.rights import Right
from orchestrator.workflows.field_classes import FieldClass, kept_fields
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of

__all__ = [
    "EVERYTHING",
    "HIDDEN",
    "WHY_HIDDEN",
    "Hidden",
    "Sight",
    "is_hidden",
    "outside_sight",
    "sight_of",
    "sights_of",
]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person may see of the records of one workflow. Pure."""

    # The fields that are not for everybody who sees the workflow, as Object.Field.
    kept: Mapping[str, FieldClass] = field(default_factory=dict)
    rights: frozenset[Right] = frozenset()

    @property
    def whole(self) -> bool:
        """Say whether nothing at all is hidden."""
        return all(field_class.right in self.rights for field_class in self.kept.values())

    def hides(self, object_name: str, field: str) -> bool:
        """Say whether the person may not see the values of the field."""
        field_class = self.kept.get(f"{object_name}.{field}")
        return field_class is not None and field_class.right not in self.rights

    def value(self, object_name: str, field: str, value: Any) -> Any:
        """Return the value, or what stands in its place."""
        return HIDDEN if self.hides(object_name, field) else value

    def values(self, object_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values by field, those that the person may not see replaced."""
        return {name: self.value(object_name, name, value) for name, value in values.items()}

    def hidden_among(self, fields: Iterable[tuple[str, str]]) -> list[str]:
        """Return those of the fields that the person may not see, as Object.Field, in order."""
        return sorted({f"{owner}.{name}" for owner, name in fields if self.hides(owner, name)})


# Of a workflow that keeps nothing.
EVERYTHING = Sight()


def sight_of(*, person: User, proposal: Proposal) -> Sight:
    """Return what the person may see of a proposal's records; one query if anything is kept."""
    kept = kept_by(proposal.workflow)
    if not kept:
        return EVERYTHING
    rights = rights_by_workflow(person, [proposal.workflow_id])
    return Sight(kept, rights.get(proposal.workflow_id, frozenset()))


def sights_of(*, person: User, workflow_ids: Collection[int]) -> Mapping[int, Sight]:
    """Return what the person may see of each workflow's records: one query for a page."""
    if not workflow_ids:
        return {}
    rows = Workflow.objects.filter(pk__in=list(workflow_ids)).order_by()
    given = rows.annotate(given=codenames_given(person)).values_list(
        "pk", "current_version", "given"
    )
    sights = dict.fromkeys(workflow_ids, EVERYTHING)
    for key, version, codenames in given:
        kept = kept_fields(definition_of(version)) if version else {}
        sights[key] = Sight(kept, rights_of(person, codenames)) if kept else EVERYTHING
    return sights


def outside_sight(workflow: Workflow) -> Sight:
    """Return what may leave for places where nobody knows who reads: nothing that is kept."""
    return Sight(kept_by(workflow))


def kept_by(workflow: Workflow) -> Mapping[str, FieldClass]:
    """Return the fields that the version in force keeps back; it also governs what is older."""
    version = workflow.current_version_id
    return kept_fields(definition_of(version)) if version else {}
