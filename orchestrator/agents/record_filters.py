"""The check of a grant's record filter, handed in from above: conditions are policy's matter."""

from collections.abc import Callable

_checks: list[Callable[[str], object]] = []


def register(check: Callable[[str], object]) -> None:
    """Say how a condition is checked; called once, when the apps are ready."""
    _checks[:] = [check]


def check(text: str) -> None:
    """
    Refuse a record filter that could never hold; an empty one stands for every record.

    :raises DomainError: as the check that was handed in does
    """
    if text:
        for each in _checks:
            each(text)
