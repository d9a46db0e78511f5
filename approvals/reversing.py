"""What governs a rollback: the stages of what it takes back, and none of its limits."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

from approvals import directory
from approvals.models import Proposal
from approvals.states import Purpose
from orchestrator.people.permissions import rights_on
from orchestrator.people.rights import Right
from orchestrator.workflows.definition import (
    ActionDefinition,
    FieldRule,
    StageDefinition,
    Target,
    WorkflowDefinition,
)
from orchestrator.workflows.queries import definition_of

ACTION = "roll_back"
Quorum = int | Literal["all"]
Content = Mapping[str, Any]


def definitions_for(
    asked: Mapping[Proposal, Content], *, at: dt.datetime
) -> dict[str, WorkflowDefinition]:
    """Return the definition that governs each rollback among proposals, by its id."""
    rollbacks = {
        proposal: content
        for proposal, content in asked.items()
        if proposal.purpose == Purpose.ROLLBACK
    }
    if not rollbacks:
        return {}
    named = {name for content in rollbacks.values() for name in content["reverts"]}
    rows = Proposal.objects.filter(pk__in=named).values_list("pk", "version", "action")
    made_by = {pk: definition_of(version).actions.get(action) for pk, version, action in rows}
    last_resorts = LastResorts(at=at)
    return {
        proposal.pk: definition_with(
            definition_of(proposal.version_id),
            content,
            actions=[made_by.get(name) for name in content["reverts"]],
            otherwise=partial(last_resorts.of, proposal),
        )
        for proposal, content in rollbacks.items()
    }


def action_of(proposal: Proposal, content: Content, *, at: dt.datetime) -> ActionDefinition | None:
    """Return the action that governs a proposal, which a rollback brings itself."""
    if proposal.purpose == Purpose.ROLLBACK:
        return definitions_for({proposal: content}, at=at)[proposal.pk].actions[ACTION]
    return definition_of(proposal.version_id).actions.get(proposal.action)


def definition_with(
    definition: WorkflowDefinition,
    content: Content,
    *,
    actions: Sequence[ActionDefinition | None],
    otherwise: Callable[[], str],
) -> WorkflowDefinition:
    """
    Return a workflow's definition with the one action that a rollback is.

    It asks every role that the actions which made the changes ask, whatever their conditions say,
    and writes exactly what the content names. Limits are for changes, not for taking them back.
    """
    made_by = [action for action in actions if action is not None]
    stages = stages_of(made_by) or [StageDefinition(role=otherwise())]
    # Overwriting what somebody wrote since takes words of the person who agrees to it.
    words = content.get("newer") or any(each.policy == "human_only" for each in made_by)
    own, *others = targets_of(content["changes"])
    action = ActionDefinition(
        object=own.object,
        operations=own.operations,
        fields=own.fields,
        also_writes=others,
        policy="human_only" if words else "human_in_loop",
    )
    # The union may be longer than what one action may declare.
    action = action.model_copy(update={"stages": stages})
    return definition.model_copy(update={"actions": {ACTION: action}, "limits": []})


def stages_of(actions: Iterable[ActionDefinition]) -> list[StageDefinition]:
    """Return one unconditional stage for each role they ask, with the largest quorum."""
    wanted: dict[str, Quorum] = {}
    for action in actions:
        for stage in action.stages:
            wanted[stage.role] = _larger(wanted.get(stage.role, 1), stage.quorum)
    return [StageDefinition(role=role, quorum=quorum) for role, quorum in wanted.items()]


def targets_of(changes: Sequence[Mapping[str, Any]]) -> list[Target]:
    """Return what the changes write: per object its operations and fields."""
    found: dict[str, tuple[dict[str, None], dict[str, FieldRule]]] = {}
    for change in changes:
        operations, fields = found.setdefault(change["object"], ({}, {}))
        operations[change["op"]] = None
        fields.update(dict.fromkeys(change["fields"], FieldRule()))
    return [
        Target.model_validate({"object": name, "operations": list(operations), "fields": fields})
        for name, (operations, fields) in found.items()
    ]


class LastResorts:
    """Who decides where no action asks anybody: roles with the right, ops owners first."""

    def __init__(self, *, at: dt.datetime) -> None:
        """Ask nothing yet; whoever is away at that moment decides nothing."""
        self._at = at
        self._directory: directory.Directory | None = None
        self._roles: dict[int, list[str]] = {}

    def of(self, proposal: Proposal) -> str:
        """Return the first role with the right to decide and somebody in it who may."""
        for slug in self._deciding(proposal):
            if self._able(slug, proposal.barred):
                return slug
        return directory.LAST_RESORT

    def _deciding(self, proposal: Proposal) -> list[str]:
        key = proposal.workflow_id
        if key not in self._roles:
            rights = rights_on(proposal.workflow)
            slugs = [slug for slug, held in rights.items() if Right.DECIDE in held]
            self._roles[key] = sorted(slugs, key=lambda slug: (slug != directory.LAST_RESORT, slug))
        return self._roles[key]

    def _able(self, slug: str, barred: Collection[str]) -> bool:
        if self._directory is None:
            self._directory = directory.load(at=self._at)
        role = self._directory.roles.get(slug)
        return role is not None and bool(self._directory.able(role, barred))


def _larger(left: Quorum, right: Quorum) -> Quorum:
    if left == "all" or right == "all":
        return "all"
    return max(left, right)
