"""Waking the worker that announces outcomes; the sweep finds what a lost wake-up leaves."""

from django.db import transaction

from orchestrator.kernel import wakeups

ANNOUNCE = "announce"


def wake_announcing() -> None:
    """Wake the worker once the open transaction has been committed."""
    transaction.on_commit(lambda: wakeups.wake(ANNOUNCE))
