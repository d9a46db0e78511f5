"""The project's one signal, received: an approval and its commit rows are one transaction."""

import datetime as dt
from typing import Any

from approvals.models import Proposal
from approvals.signals import proposals_approved
from orchestrator.commits import outbox, tasks, waking


def connect() -> None:
    """Listen for approvals, and learn how to wake a worker."""
    waking.register(tasks.send_drain)
    proposals_approved.connect(enqueue, dispatch_uid="commits.outbox")


def enqueue(sender: object, *, proposals: list[Proposal], at: dt.datetime, **unused: Any) -> None:
    """Put the approved proposals into the outbox."""
    outbox.enqueue(proposals=proposals, at=at)
