"""How the worker that sends is woken: once the rows are there for it to see."""

from django.db import transaction

from orchestrator.kernel import wakeups

DELIVER = "deliver"


def wake_on_commit() -> None:
    """Wake the worker when the caller's transaction is through."""
    transaction.on_commit(_wake)


def _wake() -> None:
    wakeups.wake(DELIVER)
