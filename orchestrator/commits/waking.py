"""Waking the worker of one org: a hint only, the sweep finds what a lost one leaves."""

from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction

from orchestrator.kernel import wakeups

_send: Callable[[int], object] | None = None


def register(send: Callable[[int], object]) -> None:
    """Say how the drain of an org is woken; called once, when the app is ready."""
    global _send  # noqa: PLW0603 - a process has one way to its broker
    _send = send


def wake(org_id: int) -> None:
    """Wake one drain of the org unless one is on its way already."""
    if _send is None:
        return
    wakeups.register(_name(org_id), partial(_send, org_id))
    wakeups.wake(_name(org_id))


def wake_after_commit(org_ids: Iterable[int]) -> None:
    """Wake the drains of these orgs once the open transaction stands."""
    for org_id in sorted(set(org_ids)):
        transaction.on_commit(partial(wake, org_id))


def answered(org_id: int) -> None:
    """Say that a drain begins: work that comes from now on wakes another."""
    wakeups.answered(_name(org_id))


def _name(org_id: int) -> str:
    return f"drain:{org_id}"
