"""Storing one immutable content of a proposal."""

import datetime as dt
from typing import Any

from django.db import transaction

from approvals.models import Change, Proposal, Revision
from approvals.states import ReviewState
from orchestrator.kernel import wakeups
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.canonical import digest

PREPARE = "prepare"


def store_revision(
    proposal: Proposal,
    content: dict[str, Any],
    *,
    cause: str,
    by: Actor,
    at: dt.datetime,
    conflict: dict[str, Any] | None = None,
    alteration: dict[str, Any] | None = None,
) -> Revision:
    """Store a content with the changes that it asks for."""
    revision = Revision.objects.create(
        proposal=proposal,
        number=content["revision"],
        cause=cause,
        author_kind=by.kind,
        author_id=by.id,
        author_label=by.label,
        content=content,
        digest=digest(content),
        created_at=at,
        conflict=conflict,
        alteration=alteration,
    )
    Change.objects.bulk_create(
        Change(
            revision=revision,
            position=position,
            operation=change["op"],
            object_name=change["object"],
            record_id=change["id"],
            external_id=change["external_id"],
            fields=change["fields"],
            expect=change["expect"],
            depends_on=change["depends_on"],
        )
        for position, change in enumerate(content["changes"])
    )
    return revision


def close_reviews(proposal: Proposal, *, at: dt.datetime) -> None:
    """Close every review of the proposal that is still to be decided."""
    proposal.reviews.filter(state__in=[ReviewState.OPEN, ReviewState.WAITING]).update(
        state=ReviewState.CLOSED, closed_at=at
    )


def wake_preparation() -> None:
    """Wake preparation once the open transaction has been committed."""
    transaction.on_commit(lambda: wakeups.wake(PREPARE))
