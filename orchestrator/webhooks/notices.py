"""Trouble that the owner of an agent has not been told of yet."""

import datetime as dt
from collections.abc import Sequence

from orchestrator.webhooks.models import Notice

BATCH = 200


def untold() -> list[Notice]:
    """Return what is to be told, locked, oldest first; whoever else tells it has it already."""
    rows = Notice.objects.filter(told_at=None).select_for_update(of=("self",), skip_locked=True)
    related = rows.select_related("endpoint__agent__owner")
    return list(related.defer("endpoint__secret", "endpoint__old_secret").order_by("pk")[:BATCH])


def mark_told(notices: Sequence[Notice], *, at: dt.datetime) -> None:
    """Say that these were told."""
    Notice.objects.filter(pk__in=[each.pk for each in notices]).update(told_at=at)
