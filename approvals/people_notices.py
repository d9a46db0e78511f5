"""Carrying what the people app has to say: its notices become messages."""

import datetime as dt

from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import notify_each
from orchestrator.people.telling import Notice, Notices


def tell_each(notices: Notices, at: dt.datetime) -> None:
    """Send each of these people their notice."""
    notify_each(messages=[(person, _message(notice)) for person, notice in notices], at=at)


def _message(notice: Notice) -> Message:
    return Message(
        event=notice.event,
        urgency=Urgency.HIGH if notice.pressing else Urgency.NORMAL,
        title=notice.title,
        lines=notice.lines,
        path=notice.path,
        subject_kind=notice.subject_kind,
        subject_id=notice.subject_id,
        key=notice.key,
    )
