"""Keeping how quickly an approval followed upon the page, and saying so if it was too quick."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from approvals.attention.opened import took
from approvals.attention.speed import Material, Shown, evidence_words, material_of
from approvals.models import Change, Decision, Pace
from approvals.states import Vote
from orchestrator.people.models import User


@dataclass(frozen=True, slots=True)
class Remark:
    """What the approver is told: how many changes, in what time, and what reading them takes."""

    changes: int
    took: dt.timedelta
    takes: dt.timedelta


def note(
    *, person: User, proposal_id: str, seen: str, token: str, at: dt.datetime
) -> Remark | None:
    """
    Keep the pace of the approval that this person has just given; return a remark if it was hasty.

    `seen` is the digest of the form, `token` its note of when it was shown. Without one nothing is
    kept: the approval counts as one whose time is unknown.
    """
    held = took(token, person_id=person.pk, digest=seen, at=at)
    if held is None:
        return None
    given = Decision.objects.filter(
        person=person, review__proposal=proposal_id, vote=Vote.APPROVE, at=at
    )
    decision = given.select_related("revision", "review").last()
    if decision is None:
        return None
    changes = list(Change.objects.filter(revision=decision.revision_id))
    material = material_in(decision.revision.content, changes)
    fast = material.too_fast(held)
    Pace.objects.create(
        decision=decision,
        person=person,
        workflow_id=decision.review.workflow_id,
        at=at,
        took=held,
        least=material.least,
        takes=material.takes,
        too_fast=fast,
    )
    return Remark(material.changed_fields, held, material.takes) if fast else None


def material_in(content: Mapping[str, Any], changes: list[Change]) -> Material:
    """Return how much a revision gives to read."""
    return material_of(
        title=content["title"],
        reason=content["reason"]["text"],
        changes=[_shown(change) for change in changes],
        evidence=evidence_words(content),
    )


def _shown(change: Change) -> Shown:
    base = change.base or {}
    fields = {name: (base.get(name), value) for name, value in change.fields.items()}
    return Shown(change.record_label or change.object_name, fields)
