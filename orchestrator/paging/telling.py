"""What people are told about a page; what names a record stays in the details."""

import datetime as dt
from collections.abc import Iterable

from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import conclude_each, notify_each, notify_role
from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.paging.subjects import PROPOSAL
from orchestrator.people.models import User

SUBJECT = "page"


def tell_called(page: PageCall, turn: PageTurn, *, at: dt.datetime) -> None:
    """Call the person, whatever their quiet hours; the role's shared channels hear of it once."""
    by = turn.handed_by
    # What a person typed may name a record: it stays in the details.
    words, typed = (f"{by.display_name} hands it to you.", (turn.why,)) if by else (turn.why, ())
    step = f"called:{turn.number}"
    message = _message(page, "page.called", Urgency.PAGE, words, step, details=typed)
    notify_each(messages=[(turn.person, message)], at=at)
    if turn.number == 1:
        notify_role(role=page.role, message=message, at=at)


def remind(page: PageCall, turn: PageTurn, *, at: dt.datetime) -> None:
    """Remind whoever has the matter that it still waits."""
    words = "You took this, and it still waits."
    step = f"reminder:{turn.number}:{turn.reminders}"
    message = _message(page, "page.reminder", Urgency.PAGE, words, step)
    notify_each(messages=[(turn.person, message)], at=at)


def tell_passed_over(page: PageCall, turn: PageTurn, *, at: dt.datetime) -> None:
    """Tell who did not answer that somebody else is called."""
    words = "You did not answer, so somebody else is called."
    message = _message(page, "page.passed_over", Urgency.NORMAL, words, f"over:{turn.number}")
    notify_each(messages=[(turn.person, message)], at=at)


def tell_called_too(page: PageCall, turn: PageTurn, *, at: dt.datetime) -> None:
    """Tell who has the matter that somebody else is called as well."""
    words = "You took this and it still waits, so somebody else is called too."
    message = _message(page, "page.called_too", Urgency.HIGH, words, f"too:{turn.number}")
    notify_each(messages=[(turn.person, message)], at=at)


def tell_taken(
    page: PageCall, turn: PageTurn, *, others: Iterable[PageTurn | None], at: dt.datetime
) -> None:
    """Tell everybody else who had or might have had the matter that it is taken."""
    words = f"{turn.person.display_name} has it; you need not do anything."
    message = _message(page, "page.taken", Urgency.HIGH, words, f"taken:{turn.number}")
    told = {other.person for other in others if other is not None} - {turn.person}
    notify_each(messages=[(person, message) for person in told], at=at)


def tell_handed_on(
    page: PageCall, turns: Iterable[PageTurn], *, to: User, by: User, at: dt.datetime
) -> None:
    """Tell who had the matter and did not hand it on themselves that somebody else is called."""
    words = f"{by.display_name} handed it to {to.display_name}; you need not do anything."
    turns = list(turns)
    step = f"handed:{max((turn.number for turn in turns), default=0)}"
    message = _message(page, "page.handed_on", Urgency.HIGH, words, step)
    told = {turn.person for turn in turns} - {by, to}
    notify_each(messages=[(person, message) for person in told], at=at)


def tell_resolved(pages: Iterable[PageCall], words: str, *, at: dt.datetime) -> None:
    """Let every message about the pages end with how it ended."""
    conclude_each(subject_kind=SUBJECT, words={page.pk: words for page in pages}, at=at)


def tell_moved(page: PageCall, turns: Iterable[PageTurn], words: str, *, at: dt.datetime) -> None:
    """Tell who was called or had the matter why it is not theirs any more."""
    for turn in turns:
        message = _message(page, "page.moved", Urgency.HIGH, words, f"moved:{turn.number}")
        notify_each(messages=[(turn.person, message)], at=at)


def _message(
    page: PageCall,
    event: str,
    urgency: Urgency,
    words: str,
    step: str,
    *,
    details: tuple[str, ...] = (),
) -> Message:
    until = f"Until {page.until:%d %b %Y, %H:%M} UTC." if page.until else ""
    workflow = f"Workflow {page.workflow}." if page.workflow else ""
    return Message(
        event=event,
        urgency=urgency,
        title=words if urgency != Urgency.PAGE else f"You are called: {words}",
        lines=tuple(line for line in (workflow, until) if line),
        details=(page.title, *details),
        path=page.path if page.subject_kind == PROPOSAL else f"/pages/{page.pk}/",
        subject_kind=SUBJECT,
        subject_id=page.pk,
        key=f"page:{page.pk}:{step}",
    )
