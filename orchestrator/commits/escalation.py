"""What nobody dealt with in time becomes the ops owner's, and says so."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from orchestrator.commits import failure_calls, triage
from orchestrator.commits.models import DeadLetter
from orchestrator.kernel.actors import system
from orchestrator.people.models import User

SWEEP = system("triage sweep")
MOST_AT_ONCE = 200


@transaction.atomic
def escalate_overdue(*, at: dt.datetime) -> int:
    """
    Escalate what is overdue, once; again only if its owner has left. Return how many.

    Somebody is called once for a cause, however many failures of it become overdue.
    """
    letters = list(
        DeadLetter.objects.filter(
            Q(escalated_at=None) | Q(owner__is_active=False), closed_at=None, due_at__lte=at
        )
        .order_by("due_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("commit", "owner", "workflow__owner")[:MOST_AT_ONCE]
    )
    fresh = [letter for letter in letters if letter.escalated_at is None]
    called = [letter for letter in letters if _call(letter, at)]
    failure_calls.call(fresh, at=at)
    return len(called)


def _call(letter: DeadLetter, at: dt.datetime) -> bool:
    """Call whoever must act now: it becomes theirs, and the ledger and the pages say so."""
    owner = _answerable(letter)
    if letter.escalated_at is not None and owner.pk == letter.owner_id:
        return False
    letter.owner, letter.escalated_at = owner, letter.escalated_at or at
    letter.save(update_fields=["owner", "escalated_at"])
    triage.record(
        letter.commit,
        "commit.escalated",
        by=SWEEP,
        at=at,
        owner=owner.display_name,
        due_at=letter.due_at.isoformat(),
    )
    return True


def _answerable(letter: DeadLetter) -> User:
    """Return the workflow's ops owner, or somebody of the staff where they have left."""
    owner = letter.workflow.owner
    if owner.is_active:
        return owner
    staff = User.objects.filter(Q(is_staff=True) | Q(is_superuser=True), is_active=True)
    return staff.order_by("username").first() or owner
