"""Who approves what a person left of a proposal, or edited in it. Pure."""

from dataclasses import dataclass

from approvals.alteration import Alteration, Edit
from approvals.states import Risk
from orchestrator.kernel.errors import DomainError
from orchestrator.workflows.definition import ActionDefinition, FieldRule

SELF, SECOND, OFF = "self", "second", "off"


class NotAlterable(DomainError):
    """The proposal can only be decided as it is."""

    code, status, title = "not_alterable", 409, "Only as it is"


@dataclass(frozen=True, slots=True)
class Terms:
    """Whether the vote of whoever altered it counts, and why not if it does not."""

    counts: bool
    why: str = ""


def may_alter(action: ActionDefinition | None, *, by_agent: bool) -> tuple[bool, bool]:
    """Say whether a part can be approved, and whether edits can be made at all."""
    if action is None or not by_agent:
        return False, False
    return action.parts != OFF, action.edits != OFF


def terms(action: ActionDefinition, alteration: Alteration, *, risk: str, by_agent: bool) -> Terms:
    """
    Return who must approve; leaving out and editing at once takes the stricter of both.

    :raises NotAlterable: if the action does not allow it, or no agent proposed it
    """
    if not by_agent:
        raise NotAlterable(
            "A person asked for this as a whole. Send it back, or deny it and say what is missing."
        )
    if alteration.left_out and action.parts == OFF:
        raise NotAlterable("This action is approved as a whole or not at all.")
    if alteration.edits and action.edits == OFF:
        raise NotAlterable("The values of this action cannot be edited. Send it back instead.")
    if alteration.edits:
        return _of_edits(action, alteration, risk)
    if action.parts == SECOND:
        return Terms(counts=False, why="For this action somebody else approves a part.")
    return Terms(counts=True)


def _of_edits(action: ActionDefinition, alteration: Alteration, risk: str) -> Terms:
    if action.edits != SELF:
        return Terms(counts=False, why="Nobody approves their own edit: somebody else has to.")
    if alteration.left_out and action.parts == SECOND:
        return Terms(counts=False, why="For this action somebody else approves a part.")
    if risk == Risk.HIGH:
        return Terms(counts=False, why="The risk is high, so somebody else approves your edit.")
    free = sorted({each.field for each in alteration.edits if not _rule(action, each).bounded})
    if free:
        names = ", ".join(free)
        return Terms(
            counts=False, why=f"No bounds are set for {names}, so somebody else approves your edit."
        )
    return Terms(counts=True)


def _rule(action: ActionDefinition, edit: Edit) -> FieldRule:
    for target in action.targets:
        if target.object == edit.object_name and edit.field in target.fields:
            return target.fields[edit.field]
    return FieldRule()
