"""
Putting a review off: it leaves one person's list, and comes back by itself before it is due.

It moves no clock and wakes nobody: reminders, wider circles and calls go on as the plan says, so
what everybody puts off still reaches somebody.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from approvals import permissions
from approvals.desk import desk_of
from approvals.models import Proposal, Review, Snooze
from approvals.opening import locked, open_review
from audit import ledger
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User

MOST = 200


class BadSnooze(DomainError):
    """The time to come back makes no sense, or lies beyond what is left."""

    code, status, title = "bad_snooze", 422, "Put it off until when?"


@transaction.atomic
def snooze(*, proposal_id: str, person: User, until: dt.datetime, at: dt.datetime) -> Snooze:
    """
    Take an open review out of the person's list until then; again, and the later word counts.

    :raises NotFound: if there is no such proposal
    :raises NotOpen: if nothing waits for a decision
    :raises AlreadyDecided: if somebody decided meanwhile
    :raises DeadlinePassed: if its time has run out
    :raises NotAllowed: if it is not the person's duty, so that there is nothing to put off
    :raises BadSnooze: if the time is past, or not before the review is due
    """
    proposal = locked(proposal_id)
    review = open_review(proposal, at)
    permissions.check_may_decide(person, proposal, review, at=at)
    if until <= at:
        raise BadSnooze("That time is past already: choose a later one.")
    if review.due_at is None or until >= review.due_at:
        due = f"{review.due_at:%d %b %Y, %H:%M} UTC" if review.due_at else "now"
        raise BadSnooze(f"It is due {due}: it can be put off until before that, or handed on.")
    if Snooze.objects.filter(person=person, until__gt=at).exclude(review=review.pk).count() >= MOST:
        raise BadSnooze(f"You have put off {MOST} things already: decide some of them first.")
    row, _ = Snooze.objects.update_or_create(
        review_id=review.pk, person=person, defaults={"at": at, "until": until}
    )
    _record("review.snoozed", proposal, review, person, at, until=until.isoformat())
    return row


@transaction.atomic
def take_up_again(*, proposal_id: str, person: User, at: dt.datetime) -> bool:
    """
    Put a review back into the person's list before its time; say whether it was out of it.

    :raises NotFound: if there is no such proposal
    """
    proposal = locked(proposal_id)
    rows = Snooze.objects.filter(review__proposal=proposal.pk, person=person, until__gt=at)
    row = rows.select_related("review__role").first()
    if row is None:
        return False
    row.delete()
    _record("review.unsnoozed", proposal, row.review, person, at)
    return True


def put_off_by(person: User, *, at: dt.datetime) -> list[Snooze]:
    """Return what the person put off and may still see, the next to come back first."""
    desk = desk_of(person, at=at)
    known = Q(review__workflow__in=desk.workflows) | Q(review__assignee=person)
    known |= Q(review__role__in=desk.roles) | Q(review__widened_to__in=desk.roles)
    known |= Q(review__assignee__in=[leave.person for leave in desk.duties.stands_in_for])
    return list(
        Snooze.objects.filter(known, person=person, until__gt=at, review__state="open")
        .select_related("review__proposal__workflow", "review__role", "review__proposal__agent")
        .order_by("until", "pk")[:MOST]
    )


def _record(
    event: str, proposal: Proposal, review: Review, person: User, at: dt.datetime, **more: object
) -> None:
    ledger.record(
        event=event,
        by=person.actor,
        at=at,
        detail={"stage": review.stage, "role": review.role.slug, **more},
        **proposal.subject(),
    )
