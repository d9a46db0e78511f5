"""Saving what a person chose: quiet hours and the digest."""

import datetime as dt

from django.db import transaction

from orchestrator.kernel.errors import DomainError
from orchestrator.notifications.models import Delivery, Preference
from orchestrator.notifications.quiet import is_zone
from orchestrator.notifications.reach import reach_of_people
from orchestrator.notifications.states import DeliveryState, DigestRhythm, Purpose
from orchestrator.people.models import User

UNWANTED = "The digest was switched off."


class BadPreference(DomainError):
    """The times that were chosen cannot be kept."""

    code, status, title = "bad_preference", 422, "These times do not work"


@transaction.atomic
def save_preference(*, chosen: Preference, by: User, at: dt.datetime) -> None:
    """
    Save what the person chose for themselves, and move what waits to the new times.

    :raises BadPreference: if quiet hours lack an end or never end, or the zone is unknown
    """
    if (chosen.quiet_starts is None) != (chosen.quiet_ends is None):
        raise BadPreference("Quiet hours need a beginning and an end; leave both out for none.")
    if chosen.quiet_starts is not None and chosen.quiet_starts == chosen.quiet_ends:
        raise BadPreference("Quiet hours from and to the same time would never end.")
    if chosen.time_zone and not is_zone(chosen.time_zone):
        raise BadPreference(f"{chosen.time_zone} is not a time zone; Europe/Berlin is one.")
    chosen.person = by
    values = {
        field.attname: getattr(chosen, field.attname)
        for field in Preference._meta.concrete_fields
        if not field.primary_key
    }
    Preference.objects.update_or_create(person=by, defaults=values)
    _move_waiting(by, at)


def _move_waiting(person: User, at: dt.datetime) -> None:
    reach = reach_of_people([person], at=at)[person.pk]
    waiting = Delivery.objects.filter(person=person, state=DeliveryState.QUEUED)
    for delivery in waiting.filter(held=True).select_for_update():
        due = reach.due(delivery.urgency, at)
        delivery.amend(due_at=due, held=due > at)
    for digest in waiting.filter(purpose=Purpose.DIGEST).select_for_update():
        due_at = reach.digest_due(at)
        if due_at is not None:
            digest.amend(due_at=due_at)
        else:
            digest.move(DeliveryState.CANCELLED, finished_at=at, error=UNWANTED)


def preference_of(person: User) -> Preference:
    """Return what the person chose, or what everybody has at first."""
    return Preference.objects.filter(person=person).first() or Preference(
        person=person, digest=DigestRhythm.DAILY
    )
