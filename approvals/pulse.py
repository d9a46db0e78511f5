"""Has anything happened? What a page that waits asks, again and again, at little cost."""

import datetime as dt

from approvals import permissions
from approvals.models import Proposal
from audit import queries as ledger
from orchestrator.kernel.errors import NotFound
from orchestrator.people.models import User


def seen(proposal: Proposal, *, entry: int) -> str:
    """Return what changes whenever the page would say something else; `entry` is the newest."""
    waits = "preparing" if proposal.prepare_at else "ready"
    return f"{proposal.revision_number}.{proposal.state}.{waits}.{entry}"


def stands_at(proposal_id: str, *, person: User, at: dt.datetime) -> str:
    """
    Return where a proposal stands, for a person who may see it.

    :raises NotFound: if there is none, or the person may not know of it
    """
    proposal = Proposal.objects.select_related("workflow").filter(pk=proposal_id).first()
    if proposal is None or not permissions.may_see(person, proposal, at=at):
        raise NotFound("There is no such proposal, or none of your roles may see it.")
    return seen(proposal, entry=ledger.latest(proposal.pk))
