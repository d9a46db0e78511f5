"""What the open pages of a person may be told of: the same that their pages would show."""

import datetime as dt
from typing import Any

from approvals import permissions
from approvals.desk import Desk
from approvals.models import Proposal
from orchestrator.kernel.errors import NotFound
from orchestrator.live.events import number
from orchestrator.live.passes import Pass
from orchestrator.people.models import Role, User
from orchestrator.workflows.models import Workflow

NOT_THERE = "There is no such proposal, or none of your roles may see it."


def pass_for(person: User, proposal_id: str, at: dt.datetime) -> Pass:
    """
    Return what a stream may tell this person, who perhaps has a proposal on the screen.

    :raises NotFound: if the person may not know of the proposal
    """
    desk = Desk(person, at)
    workflows = Workflow.objects.filter(pk__in=desk.workflows).values_list("pk", "slug")
    roles = Role.objects.filter(pk__in=desk.roles).values_list("pk", "slug")
    return Pass(
        person=person.username,
        name=person.display_name,
        workflows=frozenset(name for row in workflows for name in _names(*row)),
        roles=frozenset(name for row in roles for name in _names(*row)),
        **(_on_screen(proposal_id, desk) if proposal_id else {}),
    )


def seen_by(person: User, proposal_id: str, *, at: dt.datetime) -> Proposal:
    """
    Return a proposal that the person may see.

    :raises NotFound: if there is none, or the person may not know of it
    """
    proposal = Proposal.objects.select_related("workflow").filter(pk=proposal_id).first()
    if proposal is None or not permissions.may_see(person, proposal, at=at):
        raise NotFound(NOT_THERE)
    return proposal


def _on_screen(proposal_id: str, desk: Desk) -> dict[str, Any]:
    proposal = Proposal.objects.select_related("workflow").filter(pk=proposal_id).first()
    if proposal is None or not permissions.may_see(desk.person, proposal, duties=desk.duties):
        raise NotFound(NOT_THERE)
    return {"proposal": proposal.pk, "proposal_workflow": proposal.workflow.slug}


def _names(key: int, slug: str) -> tuple[str, str]:
    return number(key), slug
