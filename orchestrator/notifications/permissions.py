"""May this person? Everybody has channels of their own; shared ones are for staff."""

from orchestrator.kernel.errors import NotAllowed, NotFound
from orchestrator.notifications.kinds import Kind
from orchestrator.notifications.models import Channel, Delivery
from orchestrator.people.models import User

# These name a host to connect to, so staff answer for them.
FOR_STAFF = frozenset({Kind.WEBHOOK, Kind.TEAMS})


def is_staff(person: User) -> bool:
    """Say whether the person may see every delivery and change shared channels."""
    return person.is_active and (person.is_staff or person.is_superuser)


def check_staff(person: User) -> None:
    """
    Refuse anybody who is not staff.

    :raises NotAllowed: if the person is not staff
    """
    if not is_staff(person):
        raise NotAllowed("Shared channels, and every delivery, are for staff. Ask one of them.")


def kinds_open_to(person: User) -> list[Kind]:
    """Return the kinds of channel that the person may add."""
    return [kind for kind in Kind if is_staff(person) or kind not in FOR_STAFF]


def check_may_add(person: User, kind: str, *, shared: bool) -> None:
    """
    Refuse a kind of channel that is not for this person to add.

    :raises NotAllowed: if it is shared, or names a host, and the person is not staff
    """
    if shared or kind in FOR_STAFF:
        check_staff(person)


def check_may_change(person: User, channel: Channel) -> None:
    """
    Refuse somebody else's channel as if it were not there.

    :raises NotFound: if it is neither theirs nor shared while they are staff
    """
    if channel.person_id != person.pk and not (channel.role_id and is_staff(person)):
        raise NotFound("There is no such channel.")


def check_may_see(person: User, delivery: Delivery) -> None:
    """
    Refuse somebody else's delivery as if it were not there.

    :raises NotFound: if it is not theirs and they are not staff
    """
    if delivery.person_id != person.pk and not is_staff(person):
        raise NotFound("There is no such delivery.")
