"""Who is told at once that a role was overridden: the role, the ops owner, the risk owners."""

from approvals.models import Override, Proposal, Review
from approvals.visibility import told_outside
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import notify
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow

RISK_OWNERS = "risk-owner"
DID = {"approve": "approved", "deny": "denied"}


def tell(proposal: Proposal, review: Review, given: Override) -> None:
    """Tell everybody who watches over the workflow, in the transaction that overrides."""
    owner = Workflow.objects.filter(pk=proposal.workflow_id).values("owner")
    people = User.objects.filter(pk__in=owner) | User.objects.filter(
        groups__role__in=[review.role_id]
    )
    watching = people | User.objects.filter(groups__role__slug=RISK_OWNERS)
    told = watching.filter(is_active=True).exclude(pk=given.person_id).distinct()
    notify(people=list(told.order_by("pk")), message=_message(proposal, review, given), at=given.at)


def _message(proposal: Proposal, review: Review, given: Override) -> Message:
    did = DID[given.vote]
    waits = "" if given.settles else " It waits for a second person."
    return Message(
        event="review.overridden",
        urgency=Urgency.HIGH,
        title=f"{given.person.display_name} {did} in the place of {review.role.title}",
        lines=(
            f"Workflow: {proposal.workflow.slug}.",
            f"Risk {proposal.risk}, stage {review.stage}.{waits}",
            "Read why, and whether you would have decided otherwise.",
        ),
        details=told_outside(proposal, given.reason),
        path=f"/proposals/{proposal.pk}/",
        subject_kind="proposal",
        subject_id=proposal.pk,
        key=f"override:{given.pk}",
    )
