"""What people are told about rounds, and how the ledger names them."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from orchestrator.duties.contents import title_of
from orchestrator.duties.models import DutyLine, DutyRound
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import notify
from orchestrator.people.models import Role, User
from orchestrator.people.queries import reachable_members
from orchestrator.workflows.staffing import DEFAULT_ROLE

SUBJECT = "duty"


def subject(about: DutyRound) -> dict[str, str]:
    """Return how the ledger names a round."""
    workflow = about.duty.workflow
    return {
        "subject_kind": SUBJECT,
        "subject_id": str(about.pk),
        "workflow": workflow.slug if workflow else "",
    }


def path_of(about: DutyRound) -> str:
    """Return the address of a round's page."""
    return reverse("duties:show-round", args=[about.pk])


def tell_opened(about: DutyRound, *, at: dt.datetime) -> None:
    """Tell whoever has to do it, or staff if there is nobody."""
    if about.assignee is not None:
        tell_assignee(about, step="opened", urgency=Urgency.NORMAL, words="It is yours.", at=at)
        return
    words = f"Nobody of {about.duty.role.title} can be reached: hand it to somebody."
    _tell(_staff(), about, "duty.opened", "opened", Urgency.HIGH, words, at)


def tell_assignee(
    about: DutyRound, *, step: str, urgency: Urgency, words: str, at: dt.datetime
) -> None:
    """Tell the one who has it; a step is told once to one person."""
    if about.assignee is not None:
        event = "duty.opened" if step == "opened" else "duty.reminder"
        _tell([about.assignee], about, event, step, urgency, words, at)


def tell_handed_on(about: DutyRound, *, by: User, at: dt.datetime) -> None:
    """Tell the new assignee who handed it to them."""
    words = f"{by.display_name} handed it to you."
    step = f"handed-on-{at.isoformat()}"
    if about.assignee is not None:
        _tell([about.assignee], about, "duty.handed_on", step, Urgency.NORMAL, words, at)


def tell_overdue(about: DutyRound, *, step: str, at: dt.datetime) -> None:
    """Tell everybody who carries the role, the ops owners, and the workflow's own."""
    told = {person.pk: person for person in reachable_members(role=about.duty.role, at=at)}
    owners = Role.objects.filter(slug=DEFAULT_ROLE).first()
    if owners is not None:
        told |= {person.pk: person for person in reachable_members(role=owners, at=at)}
    if about.duty.workflow is not None:
        told[about.duty.workflow.owner_id] = about.duty.workflow.owner
    if about.assignee is not None:
        told[about.assignee.pk] = about.assignee
    carried = f"{about.assignee.display_name} has it" if about.assignee else "Nobody has it"
    words = f"It should be done by now. {carried}; anybody of {about.duty.role.title} may go on."
    _tell(list(told.values()), about, "duty.overdue", step, Urgency.HIGH, words, at)


def tell_follow_up(line: DutyLine, *, at: dt.datetime) -> None:
    """Tell whoever has to take away what the signer could not."""
    if line.follow_up_by is not None:
        about, step = line.round, f"revoke-{line.pk}"
        words = "Something that somebody revoked is still there, and only you can take it away."
        _tell([line.follow_up_by], about, "duty.follow_up", step, Urgency.HIGH, words, at)


def _tell(
    people: Sequence[User],
    about: DutyRound,
    event: str,
    step: str,
    urgency: Urgency,
    words: str,
    at: dt.datetime,
) -> None:
    due = f"{about.due_at.astimezone(dt.UTC):%d %b %Y, %H:%M} UTC"
    message = Message(
        event=event,
        urgency=urgency,
        title=f"{title_of(about.duty)} ({about.period})",
        lines=(words, f"Due {due}."),
        path=path_of(about),
        subject_kind=SUBJECT,
        subject_id=str(about.pk),
        key=f"{SUBJECT}:{about.pk}:{step}",
    )
    notify(people=people, message=message, at=at)


def _staff() -> list[User]:
    return list(User.objects.filter(is_staff=True, is_active=True).order_by("username"))
