"""What the tests of notifications share: a message, and people who can be reached."""

import datetime as dt
from typing import Any

from orchestrator.notifications.kinds import Kind, default_ranks
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.models import Channel, Notification
from orchestrator.notifications.sending import notify
from orchestrator.people.models import User
from tests.factories import AT, create_user


def a_message(**more: Any) -> Message:
    """Return a message about one proposal."""
    values: dict[str, Any] = {
        "event": "review.opened",
        "urgency": Urgency.NORMAL,
        "title": "A high-risk change waits for Deal desk",
        "lines": ("Workflow: Deal hygiene", "Decide by 18 Nov 2026, 14:00 UTC"),
        "details": ("Northwind renewal: stage to Closed Won",),
        "path": "/proposals/prp_1/",
        "subject_kind": "proposal",
        "subject_id": "prp_1",
        "key": "review.opened:rvw_1",
        **more,
    }
    return Message(**values)


def create_channel(
    *, person: User, kind: str = Kind.WEBHOOK, address: str = "", **more: Any
) -> Channel:
    """Return a channel of a person, as if it had been added and checked."""
    values = {"label": kind, "ranks": default_ranks(kind), "created_at": AT, **more}
    return Channel.objects.create(person=person, kind=kind, address=address, **values)


def person_without_mail(name: str = "") -> User:
    """Return somebody whom no e-mail reaches."""
    person = create_user(username=name)
    person.email = ""
    person.save()
    return person


def tell(person: User, *, at: dt.datetime = AT, **more: Any) -> Notification:
    """Tell one person one message and return the notification."""
    return notify(people=[person], message=a_message(**more), at=at)[0]
