"""Telling the system owner when writing to an org pauses by itself, and when it goes on."""

import datetime as dt

from django.db import transaction

from orchestrator.commits.breaker import WORDS, Breaker, Cause
from orchestrator.commits.gate import Gate
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import conclude_each, notify
from orchestrator.people.models import Role, User
from orchestrator.people.queries import reachable_members

SUBJECT = "org_pause"
# Whoever answers for the connection; the ops owner where there is no such role.
TOLD_ROLES = ("system-owner", "ops-owner")


@transaction.atomic
def tell(*, at: dt.datetime) -> int:
    """Tell of every pause once, and of its end; return how many orgs are paused."""
    gates = list(Gate.objects.select_related("org"))
    going_on = [gate.org.slug for gate in gates if gate.state == Breaker.CLOSED]
    words = dict.fromkeys(going_on, "Writing goes on.")
    conclude_each(subject_kind=SUBJECT, words=words, at=at)
    paused = [gate for gate in gates if gate.state != Breaker.CLOSED]
    people = _told(at) if paused else []
    for gate in paused:
        notify(people=people, message=_message(gate), at=at)
    return len(paused)


def _told(at: dt.datetime) -> list[User]:
    roles = {role.slug: role for role in Role.objects.filter(slug__in=TOLD_ROLES)}
    role = next((roles[slug] for slug in TOLD_ROLES if slug in roles), None)
    return reachable_members(role=role, at=at) if role else []


def _message(gate: Gate) -> Message:
    since = gate.paused_at
    return Message(
        event="org.paused",
        urgency=Urgency.HIGH,
        title=f"Writing to {gate.org.slug} is paused",
        lines=(f"Because {WORDS[Cause(gate.cause)]}.", "It is tried again by itself."),
        path="/controls/",
        subject_kind=SUBJECT,
        subject_id=gate.org.slug,
        key=f"org-paused:{gate.org.slug}:{since.isoformat() if since else ''}",
    )
