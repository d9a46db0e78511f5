"""What agents may read of their own proposals."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from approvals import agent_viewer
from approvals.models import Proposal, Review, Revision
from approvals.receipts import review_url
from approvals.states import CLOSED, ProposalState, RevisionCause, Vote
from orchestrator.agents.models import Agent
from orchestrator.kernel.errors import NotFound

OF_THE_REQUESTER = frozenset(
    {RevisionCause.SUBMITTED, RevisionCause.ANSWERED, RevisionCause.CORRECTED}
)


def own_proposal(*, agent: Agent, proposal_id: str) -> Proposal:
    """
    Return the agent's own proposal.

    :raises NotFound: if there is none, or it is somebody else's
    """
    found = _with_verdict(Proposal.objects.filter(agent=agent, pk=proposal_id)).first()
    if found is None:
        raise NotFound(f"You have no proposal {proposal_id}.")
    return found


def own_proposals(
    *, agent: Agent, state: str, workflow: str, after: str, limit: int
) -> Sequence[Proposal]:
    """Return the agent's own proposals, oldest first, from the one after `after`."""
    mine = Proposal.objects.filter(agent=agent)
    if state:
        mine = mine.filter(state=state)
    if workflow:
        mine = mine.filter(workflow__slug=workflow)
    if after:
        mine = mine.filter(pk__gt=after)
    return list(_with_verdict(mine.order_by("pk"))[:limit])


def status_of(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as its requester sees it, in the words of the API."""
    revision = _current(proposal)
    verdict = revision.verdict or {}
    return {
        "id": proposal.pk,
        "revision": proposal.revision_number,
        "revision_cause": revision.cause,
        "digest": proposal.digest,
        "state": str(proposal.state),
        "closed": proposal.state in CLOSED,
        "workflow": proposal.workflow.slug,
        "version": proposal.version.number,
        "action": proposal.action,
        "title": proposal.title,
        "created_at": proposal.created_at.isoformat(),
        "deadline_at": proposal.deadline_at.isoformat(),
        "answer_by": proposal.answer_by.isoformat() if proposal.answer_by else None,
        "execute_by": proposal.execute_by.isoformat() if proposal.execute_by else None,
        "risk": {"level": proposal.risk, "reasons": proposal.risk_reasons},
        "route": _route(proposal, verdict),
        "review_url": review_url(proposal.pk),
        "outcome": _outcome(proposal),
        # The rollback that took it back, once it did.
        "reverted_by": proposal.reverted_by_id,
        "question": (
            proposal.outcome_text if proposal.state == ProposalState.REVISION_REQUESTED else None
        ),
        "findings": verdict.get("findings", []),
        "viewer": agent_viewer.own_viewer(proposal.state, cause=revision.cause),
        "decision_progress": agent_viewer.progress(
            proposal.state, _stages(proposal), prepared=bool(verdict)
        ),
        # What people left out or edited while deciding, if they did.
        "alterations": _alterations(proposal),
    }


def _route(proposal: Proposal, verdict: dict[str, Any]) -> dict[str, Any]:
    """Return the frozen route, or the provisional one of the first answer until there is one."""
    if not verdict:
        route: dict[str, Any] = proposal.receipt["route"]
        return route
    return {"outcome": verdict["outcome"], "stages": verdict["stages"], "provisional": False}


def _outcome(proposal: Proposal) -> dict[str, str] | None:
    if not proposal.outcome_code:
        return None
    return {"code": proposal.outcome_code, "text": proposal.outcome_text}


def _alterations(proposal: Proposal) -> list[dict[str, Any]]:
    """Return what people made of what the agent last asked for, oldest first."""
    found: list[dict[str, Any]] = []
    for revision in _told(proposal):
        if revision.cause in OF_THE_REQUESTER:
            break
        if revision.alteration is not None:
            told = {"revision": revision.number, "by": revision.author_label}
            found.insert(0, {**told, **revision.alteration})
    return found


def _current(proposal: Proposal) -> Revision:
    return _told(proposal)[0]


def _told(proposal: Proposal) -> list[Revision]:
    """Return the revisions, newest first, without their contents."""
    loaded: list[Revision] | None = getattr(proposal, "told_revisions", None)
    return loaded or list(proposal.revisions.defer("content").order_by("-number"))


def _stages(proposal: Proposal) -> list[Review]:
    loaded: list[Review] | None = getattr(proposal, "current_reviews", None)
    if loaded is not None:
        return loaded
    return list(_current_reviews().filter(proposal=proposal))


def _current_reviews() -> QuerySet[Review]:
    """Return the stages of every proposal's current revision, each with its approvals."""
    approvals = Count("decisions", filter=Q(decisions__vote=Vote.APPROVE))
    rows = Review.objects.filter(revision__number=F("proposal__revision_number"))
    return rows.select_related("role").annotate(got=approvals).order_by("stage")


def _with_verdict(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    revisions = Revision.objects.defer("content").order_by("-number")
    return (
        proposals.select_related("workflow", "version", "agent")
        .prefetch_related(
            Prefetch("revisions", queryset=revisions, to_attr="told_revisions"),
            Prefetch("reviews", queryset=_current_reviews(), to_attr="current_reviews"),
        )
        .defer("version__definition", "version__source")
    )
