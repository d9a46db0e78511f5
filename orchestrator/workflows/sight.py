"""What one person may see of the records of one workflow. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.kernel.hidden import HIDDEN
from orchestrator.people.rights import Right
from orchestrator.workflows.field_classes import FieldClass


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person may see: every field, but for those that are kept and not theirs to see."""

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
