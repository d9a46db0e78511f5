"""Has anything happened? What a page that waits asks, again and again, at little cost."""

from approvals import permissions
from approvals.models import Proposal
from orchestrator.kernel.errors import NotFound
from orchestrator.people.models import User


def seen(proposal: Proposal) -> str:
    """Return what changes whenever the page would say something else."""
    waits = "preparing" if proposal.prepare_at else "ready"
    return f"{proposal.revision_number}.{proposal.state}.{waits}.{proposal.outcome_code}"


def stands_at(proposal_id: str, *, person: User) -> str:
    """
    Return where a proposal stands, for a person who may see it.

    :raises NotFound: if there is none, or the person may not know of it
    """
    proposal = Proposal.objects.select_related("workflow").filter(pk=proposal_id).first()
    if proposal is None or not permissions.may_see(person, proposal):
        raise NotFound("There is no such proposal, or none of your roles may see it.")
    return seen(proposal)
