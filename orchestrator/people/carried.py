"""What one person carries, collected from every part of the house that gives people duties."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.people.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that a person carries."""

    # Which part of the house knows it, and its name there.
    kind: str
    key: str
    title: str
    path: str = ""
    # Somebody has to take it before the account can be closed.
    must_be_taken: bool = False
    # It is changed on its own page, not here.
    elsewhere: bool = False

    @property
    def id(self) -> str:
        """Return what names it in a form."""
        return f"{self.kind}:{self.key}"


class Provider(Protocol):
    """One kind of duty: who carries what of it, and how it changes hands."""

    kind: str
    title: str

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return what the person carries."""

    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """
        Give one thing from the person to another, in the caller's transaction.

        :raises DomainError: if it cannot be theirs
        """

    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """
        Take one thing from the person without giving it to anybody, in the caller's transaction.

        :raises DomainError: if nobody would be left to carry it
        """


_providers: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Add a kind of duty; called once, when the app that knows it is ready."""
    _providers[provider.kind] = provider


def providers() -> Sequence[Provider]:
    """Return every kind of duty, in the order in which they were added."""
    return list(_providers.values())


def provider_of(item: Item) -> Provider:
    """Return who knows how this item changes hands."""
    return _providers[item.kind]


def carried_by(person: User, *, at: dt.datetime) -> list[Item]:
    """Return everything that a person carries."""
    return [item for provider in providers() for item in provider.items(person, at=at)]
