"""What a person may see of a record: values of fields that are kept never leave the server."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from approvals.masking import CLEAR, Mask, hidden_values
from approvals.models import Change, Proposal, Review, Revision
from audit.queries import Line
from orchestrator.kernel.hidden import HIDDEN, WHY_HIDDEN, Hidden, is_hidden
from orchestrator.people.models import User
from orchestrator.people.permissions import codenames_given, rights_by_workflow, rights_of
from orchestrator.workflows.field_classes import FieldClass, kept_fields
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of
from orchestrator.workflows.sight import EVERYTHING, Sight

__all__ = [
    "CLEAR",
    "EVERYTHING",
    "HIDDEN",
    "WHY_HIDDEN",
    "Hidden",
    "Mask",
    "Sight",
    "hidden_values",
    "is_hidden",
    "kept_by",
    "mask_lines",
    "mask_of",
    "mask_proposal",
    "mask_row",
    "mask_rows",
    "masked",
    "outside_sight",
    "sight_of",
    "sights_for",
    "sights_of",
    "told_outside",
]


def sight_of(*, person: User, proposal: Proposal) -> Sight:
    """Return what the person may see of a proposal's records; one query if anything is kept."""
    return sights_for(person=person, workflows=[proposal.workflow])[proposal.workflow_id]


def sights_of(*, person: User, workflow_ids: Collection[int]) -> Mapping[int, Sight]:
    """Return what the person may see of each workflow's records: one query for a page."""
    if not workflow_ids:
        return {}
    rows = Workflow.objects.filter(pk__in=list(workflow_ids)).order_by()
    given = rows.annotate(given=codenames_given(person)).values_list(
        "pk", "current_version", "given"
    )
    sights = dict.fromkeys(workflow_ids, EVERYTHING)
    for key, version, codenames in given:
        kept = kept_fields(definition_of(version)) if version else {}
        sights[key] = Sight(kept, rights_of(person, codenames)) if kept else EVERYTHING
    return sights


def sights_for(*, person: User, workflows: Iterable[Workflow]) -> Mapping[int, Sight]:
    """Return the same for workflows that a page has read; no query where nothing is kept."""
    kept = {each.pk: kept_by(each) for each in workflows}
    watched = [key for key, fields in kept.items() if fields]
    rights = rights_by_workflow(person, watched) if watched else {}
    return {
        key: Sight(fields, rights.get(key, frozenset())) if fields else EVERYTHING
        for key, fields in kept.items()
    }


def outside_sight(workflow: Workflow) -> Sight:
    """Return what may leave for places where nobody knows who reads: nothing that is kept."""
    return Sight(kept_by(workflow))


def told_outside(proposal: Proposal, *texts: str) -> tuple[str, ...]:
    """
    Return those texts about a proposal that may leave by a channel.

    Nobody knows who reads there, and what an agent or a person wrote may hold any value. So of a
    workflow that keeps fields, nothing that anybody wrote leaves at all.
    """
    return () if kept_by(proposal.workflow) else tuple(text for text in texts if text)


def kept_by(workflow: Workflow) -> Mapping[str, FieldClass]:
    """Return the fields that the version in force keeps back; it also governs what is older."""
    version = workflow.current_version_id
    return kept_fields(definition_of(version)) if version else {}


def mask_of(
    sight: Sight, proposal: Proposal, revisions: Iterable[Revision], changes: Iterable[Change]
) -> Mask:
    """Return what hides a proposal's values: in their fields, and in whatever was written of it."""
    if sight.whole:
        return CLEAR
    bases = [
        {"object": each.object_name, "fields": each.fields, "base": each.base} for each in changes
    ]
    stored = [proposal.headline, *bases]
    for revision in revisions:
        stored += [revision.content, revision.conflict]
    return Mask(sight, hidden_values(sight, stored))


def masked(
    sight: Sight,
    proposal: Proposal,
    *,
    revisions: Sequence[Revision] = (),
    changes: Sequence[Change] = (),
    reviews: Sequence[Review] = (),
) -> Mask:
    """Take out of the rows, in memory, what their reader may not see; return what hides it."""
    mask = mask_of(sight, proposal, revisions, changes)
    if mask.clear:
        return mask
    mask_proposal(mask, proposal)
    for revision in revisions:
        mask_revision(mask, revision)
    for change in changes:
        mask_change(mask, change)
    for review in reviews:
        mask_review(mask, review)
    return mask


def mask_proposal(mask: Mask, proposal: Proposal) -> None:
    """Take out of a row, in memory, what its reader may not see: it is shown, never saved."""
    if mask.clear:
        return
    proposal.headline = mask.stored(proposal.headline)
    proposal.title = mask.text(proposal.title)
    proposal.outcome_text = mask.text(proposal.outcome_text)
    proposal.risk_reasons = mask.stored(proposal.risk_reasons)


def mask_rows(*, person: User, proposals: Iterable[Proposal]) -> set[str]:
    """
    Take out of rows of a list what their reader may not see; return the ids of those concerned.

    A list does not read what was proposed. So wherever something may be hidden that it does not
    know, it shows no words of an agent or a rule at all.
    """
    rows = list(proposals)
    sights = sights_for(person=person, workflows={row.workflow for row in rows})
    return {row.pk for row in rows if mask_row(sights[row.workflow_id], row)}


def mask_row(sight: Sight, proposal: Proposal) -> bool:
    """Take out of one row what its reader may not see; say whether anything may be hidden."""
    if sight.whole:
        return False
    shown = proposal.headline
    owners = {path.partition(".")[0] for path in sight.kept}
    if shown and shown["changes"] == 1 and shown["object"] not in owners:
        return False
    proposal.headline = Mask(sight).stored(shown)
    proposal.title = proposal.outcome_text = ""
    proposal.risk_reasons = []
    return True


def mask_revision(mask: Mask, revision: Revision) -> None:
    """Take out of a revision, in memory, what its reader may not see."""
    if mask.clear:
        return
    revision.content = mask.content(revision.content)
    revision.verdict = mask.stored(revision.verdict)
    revision.conflict = mask.stored(revision.conflict)
    if revision.alteration is not None:
        revision.alteration = _masked_alteration(mask, revision.alteration)


def _masked_alteration(mask: Mask, alteration: dict[str, Any]) -> dict[str, Any]:
    reason = alteration["reason"]
    edited = [
        {
            **each,
            **{
                side: mask.sight.value(each["object_name"], each["field"], each[side])
                for side in ("proposed", "approved")
            },
        }
        for each in alteration["edited"]
    ]
    reason = {**reason, "text": mask.text(reason["text"])}
    return {**alteration, "edited": edited, "reason": reason}


def mask_change(mask: Mask, change: Change) -> None:
    """Take out of a change, in memory, what its reader may not see."""
    if mask.clear:
        return
    change.fields = mask.stored(change.fields, change.object_name)
    change.expect = mask.stored(change.expect, change.object_name)
    change.base = mask.stored(change.base, change.object_name)
    change.record_label = mask.label(change.object_name, change.record_label)


def mask_review(mask: Mask, review: Review) -> None:
    """Take out of a review and its votes, in memory, what their reader may not see."""
    if mask.clear:
        return
    review.policy = mask.stored(review.policy)
    for vote in review.decisions.all():
        vote.text = mask.text(vote.text)


def mask_lines(mask: Mask, lines: Sequence[Line]) -> list[Line]:
    """Return entries of the ledger without what their reader may not see."""
    if mask.clear:
        return list(lines)
    return [replace(line, detail=mask.stored(line.detail, line.object_name)) for line in lines]
