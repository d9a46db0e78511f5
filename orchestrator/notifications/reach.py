"""How people can be reached: their channels in order, their quiet hours, their digest."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from orchestrator.notifications.kinds import Kind, default_ranks
from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Channel, Preference
from orchestrator.notifications.quiet import next_digest, zone_named
from orchestrator.notifications.states import DigestRhythm
from orchestrator.people.models import Role, User

ACCOUNT_LABEL = "E-mail of my account"


@dataclass(slots=True)
class Reach:
    """What is known of one person, or of one role's shared channels."""

    channels: list[Channel] = field(default_factory=list)
    preference: Preference = field(default_factory=Preference)
    account_zone: str = "UTC"

    def due(self, urgency: str, at: dt.datetime) -> dt.datetime:
        """Return when something of this urgency may be sent: pages heed no quiet hours."""
        quiet = self.preference.quiet_hours(self.account_zone)
        return at if quiet is None or urgency == Urgency.PAGE else quiet.until(at)

    def digest_due(self, after: dt.datetime) -> dt.datetime | None:
        """Return when the next digest is due, or nothing where the person wants none."""
        chosen = self.preference
        if chosen.digest == DigestRhythm.OFF:
            return None
        zone = zone_named(chosen.time_zone or self.account_zone)
        weekday = chosen.digest_weekday if chosen.digest == DigestRhythm.WEEKLY else None
        return next_digest(after=after, zone=zone, time=chosen.digest_at, weekday=weekday)


def ordered(
    channels: Iterable[Channel], urgency: str, *, at: dt.datetime, tried: Iterable[int] = ()
) -> list[Channel]:
    """Return the channels for an urgency, first to last; what is parked comes after the rest."""
    skipped = set(tried)
    wanted = [each for each in channels if urgency in each.ranks and each.pk not in skipped]
    return sorted(wanted, key=lambda each: (_parked(each, at), each.ranks[urgency], each.pk))


def reach_of_people(people: Sequence[User], *, at: dt.datetime) -> dict[int, Reach]:
    """Return how each of these people can be reached, in a few statements for any number."""
    found = {person.pk: Reach(account_zone=person.time_zone) for person in people}
    for chosen in Preference.objects.filter(person__in=list(found)):
        found[chosen.person_id].preference = chosen
    for person_id, channels in channels_of(people, at=at).items():
        found[person_id].channels = channels
    return found


def reach_of_role(role: Role) -> Reach:
    """Return the shared channels of a role; they know neither quiet hours nor a digest."""
    return Reach(channels=list(Channel.objects.filter(role=role, removed_at=None)))


def channels_of(people: Sequence[User], *, at: dt.datetime) -> dict[int, list[Channel]]:
    """Return everybody's channels; that of the account is stored with the first use."""
    by_person = _stored(people)
    missing = [each for each in people if _lacks_account(by_person[each.pk], each)]
    if missing:
        rows = [_account_channel(person, at) for person in missing]
        Channel.objects.bulk_create(rows, ignore_conflicts=True)
        by_person.update(_stored(missing))
    return _usable(people, by_person)


def channels_known(people: Sequence[User], *, at: dt.datetime) -> dict[int, list[Channel]]:
    """Return everybody's channels and store nothing: for pages that only look."""
    by_person = _stored(people)
    for person in people:
        if _lacks_account(by_person[person.pk], person):
            by_person[person.pk].append(_account_channel(person, at))
    return _usable(people, by_person)


def _usable(
    people: Sequence[User], by_person: dict[int, list[Channel]]
) -> dict[int, list[Channel]]:
    reached = {person.pk for person in people if _has_mail(person)}
    return {
        person_id: [each for each in channels if not each.is_account or person_id in reached]
        for person_id, channels in by_person.items()
    }


def _stored(people: Iterable[User]) -> dict[int, list[Channel]]:
    found: dict[int, list[Channel]] = defaultdict(list)
    ids = [person.pk for person in people]
    for channel in Channel.objects.filter(person__in=ids, removed_at=None):
        found[channel.person_id or 0].append(channel)
    return found


def _lacks_account(channels: Iterable[Channel], person: User) -> bool:
    return _has_mail(person) and not any(each.is_account for each in channels)


def _has_mail(person: User) -> bool:
    return bool(settings.COUNTERSIGN["mail_enabled"] and person.email)


def _account_channel(person: User, at: dt.datetime) -> Channel:
    return Channel(
        person=person,
        kind=Kind.EMAIL,
        label=ACCOUNT_LABEL,
        is_account=True,
        ranks=default_ranks(Kind.EMAIL),
        created_at=at,
    )


def _parked(channel: Channel, at: dt.datetime) -> bool:
    return channel.parked_until is not None and channel.parked_until > at
