"""What people are told by a step; what names a record or an agent's words stays in the details."""

from approvals.escalation.cases import Case
from approvals.models import Review
from approvals.visibility import told_outside
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.paging.subjects import PROPOSAL, TROUBLE

DRILL = "Drill: nothing to decide. "


def message(case: Case, *, urgency: Urgency, words: str) -> Message:
    """Return the message of a step, the same key for everybody and every time it is fired."""
    proposal, review = case.proposal, case.review
    about = proposal.workflow.title
    return Message(
        event="escalation.drill" if case.drill else f"escalation.{case.step.do}",
        urgency=urgency,
        title=f"{DRILL}{about}: {words}" if case.drill else f"{about}: {words}",
        lines=(
            f"Risk {proposal.risk}, for {review.role.title}.",
            f"Due {_moment(review)}; denied {proposal.deadline_at:%d %b %Y, %H:%M} UTC.",
        ),
        details=told_outside(proposal, proposal.title),
        path=f"/proposals/{proposal.pk}/",
        subject_kind=subject_kind(case),
        subject_id=proposal.pk,
        key=key(case),
    )


def subject_kind(case: Case) -> str:
    """Return what ends what is said: the next decision, or for an occasion only the last word."""
    return TROUBLE if case.step.on else PROPOSAL


def key(case: Case) -> str:
    """Return what makes the telling of a step one of a kind."""
    return key_of(case.review.pk, case.step.key, case.drill)


def key_of(review_id: str, step: str, drill: str) -> str:
    """Return the same of what is stored."""
    return f"escalation:{review_id}:{step}" + (f":{drill}" if drill else "")


def _moment(review: Review) -> str:
    return f"{review.due_at:%d %b %Y, %H:%M} UTC" if review.due_at else "soon"
