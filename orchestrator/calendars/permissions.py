"""Who may change calendars."""

from typing import Protocol

from orchestrator.kernel.errors import NotAllowed


class Staff(Protocol):
    """A person, as far as this package knows people: it stands below them."""

    @property
    def is_active(self) -> bool:
        """Say whether the person can sign in."""

    @property
    def is_staff(self) -> bool:
        """Say whether the person belongs to the staff."""


def may_change_calendars(person: Staff) -> bool:
    """Say whether the person may make and change calendars."""
    return person.is_active and person.is_staff


def check_may_change_calendars(person: Staff) -> None:
    """
    Refuse anybody who is not staff: a calendar decides when things are due everywhere.

    :raises NotAllowed: if the person is not staff
    """
    if not may_change_calendars(person):
        raise NotAllowed("Calendars are for staff. Ask one of them.")
