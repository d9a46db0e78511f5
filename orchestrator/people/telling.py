"""Telling people what changes for them; what carries messages stands above and registers itself."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.people.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell: `key` is told once to a person, whoever asks for it how often."""

    event: str
    title: str
    lines: tuple[str, ...]
    path: str
    subject_kind: str
    subject_id: str
    key: str
    # Somebody has to do something soon.
    pressing: bool = False


Notices = Sequence[tuple[User, Notice]]
_tellers: list[Callable[[Notices, dt.datetime], object]] = []


def register(tell_each: Callable[[Notices, dt.datetime], object]) -> None:
    """Say how people are told; called once, when the app that carries messages is ready."""
    if tell_each not in _tellers:
        _tellers.append(tell_each)


def tell(notices: Notices, *, at: dt.datetime) -> None:
    """Tell these people, in the caller's transaction."""
    if notices:
        for tell_each in _tellers:
            tell_each(notices, at)
