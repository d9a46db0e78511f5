"""What people are told by a step; what names a record or an agent's words stays in the details."""

from approvals.escalation.cases import Case
from orchestrator.notifications.messages import Message, Urgency

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
        details=(proposal.title,) if proposal.title else (),
        path=f"/proposals/{proposal.pk}/",
        subject_kind="proposal",
        subject_id=proposal.pk,
        key=key(case),
    )


def key(case: Case) -> str:
    """Return what makes the telling of a step one of a kind."""
    drill = f":{case.drill}" if case.drill else ""
    return f"escalation:{case.review.pk}:{case.step.key}{drill}"


def _moment(review: object) -> str:
    due_at = getattr(review, "due_at", None)
    return f"{due_at:%d %b %Y, %H:%M} UTC" if due_at else "soon"
