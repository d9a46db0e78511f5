"""Forgetting sessions that are over, and from where somebody was signed in with them."""

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

BATCH = 5000


def forget(*, at: dt.datetime) -> int:
    """Delete expired sessions and what was noted of ended ones; return how many there were."""
    total = 0
    while True:
        count = _forget_batch(at)
        total += count
        if count < BATCH:
            return total


@transaction.atomic
def _forget_batch(at: dt.datetime) -> int:
    expired = Session.objects.filter(expire_date__lt=at).order_by("pk")
    sessions, _ = Session.objects.filter(
        pk__in=list(expired.values_list("pk", flat=True)[:BATCH])
    ).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    # One that is being made has no row for a moment: what is new is left alone.
    settled = at - dt.timedelta(hours=1)
    over = UserSession.objects.filter(~Exists(alive), created_at__lt=settled).order_by("pk")
    ended = over.values_list("pk", flat=True)
    notes, _ = UserSession.objects.filter(pk__in=list(ended[:BATCH])).delete()
    return max(int(sessions), int(notes))
