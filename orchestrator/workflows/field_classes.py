"""How closely a field's values are kept, and the right that shows them. Pure."""

from collections.abc import Collection, Mapping

from orchestrator.kernel.choices import Choices
from orchestrator.people.rights import Right
from orchestrator.workflows.definition import WorkflowDefinition


class FieldClass(Choices):
    """How closely a field is kept, as its workflow declares it; most are internal."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"

    @property
    def right(self) -> Right:
        """Return the right that shows values of this class."""
        return RIGHT_FOR.get(self, Right.VIEW)

    @property
    def kept(self) -> bool:
        """Say whether seeing the workflow is not enough to see the field."""
        return self in RIGHT_FOR


RIGHT_FOR: Mapping[FieldClass, Right] = {
    FieldClass.PERSONAL: Right.VIEW_PERSONAL,
    FieldClass.SENSITIVE: Right.VIEW_SENSITIVE,
}


def kept_fields(definition: WorkflowDefinition) -> dict[str, FieldClass]:
    """Return the fields that not everybody who sees the workflow may see, as Object.Field."""
    found = {path: FieldClass(each.field_class) for path, each in definition.fields.items()}
    return {path: field_class for path, field_class in found.items() if field_class.kept}


def blind_roles(
    definition: WorkflowDefinition, given: Mapping[str, Collection[str]]
) -> list[tuple[str, str, list[str]]]:
    """
    Return who is asked to decide on what they may not see: role, action, its hidden fields.

    `given` are the rights of each role, by its name. Such a role can only hand on what it is asked.
    """
    kept = kept_fields(definition)
    found = []
    for name, action in definition.actions.items():
        written = {f"{each.object}.{field}" for each in action.targets for field in each.fields}
        for role in dict.fromkeys(stage.role for stage in action.stages):
            seen = given.get(role, ())
            hidden = sorted(path for path in written & kept.keys() if kept[path].right not in seen)
            if hidden:
                found.append((role, name, hidden))
    return found
