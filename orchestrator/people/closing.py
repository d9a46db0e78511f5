"""What ends together with an account: ways in that other parts of the house gave the person."""

import datetime as dt
from collections.abc import Callable

from orchestrator.people.models import User

# The person whose account is closed, who closes it, and when; in the transaction that closes it.
Ending = Callable[[User, User, dt.datetime], object]
_endings: list[Ending] = []


def register(ending: Ending) -> None:
    """Add what ends with an account; called once, when the app that knows it is ready."""
    if ending not in _endings:
        _endings.append(ending)


def end_ways_in(person: User, *, by: User, at: dt.datetime) -> None:
    """End everything beside the account by which the person could act or read."""
    for ending in _endings:
        ending(person, by, at)
