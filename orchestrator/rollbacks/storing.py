"""Storing a rollback: its row, one proposal for each group, and what each of them takes back."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from approvals.content import Draft
from approvals.models import Proposal
from approvals.receipts import review_url
from approvals.taking_back import file_rollbacks, problems_with
from audit import ledger
from orchestrator.commits.models import Reversal
from orchestrator.people.models import User
from orchestrator.rollbacks.drafting import draft_of, kept_in_words
from orchestrator.rollbacks.grouping import Group, groups_of
from orchestrator.rollbacks.models import Part, Rollback
from orchestrator.rollbacks.previews import Preview, WorkflowPlan
from orchestrator.rollbacks.record_plans import Line, RecordPlan
from orchestrator.rollbacks.selection import Selection

MOST_REMARKS = 200
SPLIT = "It takes more steps than one call holds, so it goes back in several parts."


@dataclass(frozen=True, slots=True)
class Planned:
    """One proposal to be."""

    group: Group
    draft: Draft


def store(
    *,
    plan: Preview,
    ticked: Collection[str],
    reason: str,
    token: str,
    person: User,
    at: dt.datetime,
) -> Rollback:
    """Store everything in the caller's transaction; one without commits came to nothing."""
    rollback = _rollback(plan.selection, reason, token, person, at)
    shares = Counter({key: commit.taken for key, commit in plan.commits.items()})
    remarks = _Remarks(plan, ticked)
    proposals: list[Proposal] = []
    rows: list[Reversal] = []
    for each in plan.plans:
        kept = _kept(each, ticked)
        planned = _acceptable(_planned(plan, each, reason, ticked, kept), each, person, remarks, at)
        made = file_rollbacks(
            drafts=[one.draft for one in planned],
            workflow=each.workflow,
            person=person,
            key=f"{rollback.pk}-{each.workflow.slug}",
            at=at,
        )
        proposals += made
        for one, proposal in zip(planned, made, strict=True):
            _count(rollback, one, remarks)
            for commit_id in one.group.commits:
                rows.append(_reversal(commit_id, proposal, shares[commit_id], kept, at))
                shares[commit_id] += 1
        rollback.kept += sum(len(record.kept(ticked)) for record in each.records)
    rollback.commits = len({row.commit_id for row in rows})
    rollback.remarks = remarks.as_json()
    _insert(rollback, proposals, rows)
    _record(rollback, len(proposals), plan, at)
    return rollback


class _Remarks:
    """What people have to know beside the proposals."""

    def __init__(self, plan: Preview, ticked: Collection[str]) -> None:
        self.kept = [
            kept_in_words([line], {line.key: record.label})
            for each in plan.plans
            for record in each.records
            for line in record.kept(ticked)
        ]
        self.cannot = [f"{each.proposal_id}: {each.reason}" for each in plan.obstacles]
        self.by_hand = list(plan.by_hand)

    def as_json(self) -> dict[str, list[str]]:
        return {
            "kept": self.kept[:MOST_REMARKS],
            "cannot": list(dict.fromkeys(self.cannot))[:MOST_REMARKS],
            "by_hand": self.by_hand,
        }


def _rollback(
    selection: Selection, reason: str, token: str, person: User, at: dt.datetime
) -> Rollback:
    return Rollback(
        kind=selection.kind,
        value=selection.value,
        since=selection.since,
        until=selection.until,
        reason=reason,
        requested_by=person,
        requested_by_label=person.display_name,
        created_at=at,
        token=token,
        commits=0,
        records=0,
        fields=0,
        kept=0,
    )


def _kept(each: WorkflowPlan, ticked: Collection[str]) -> Mapping[str, str]:
    """Return what stays, in words, by commit."""
    labels = {record.key: record.label for record in each.records}
    return {
        commit_id: kept_in_words(lines, labels)
        for commit_id, lines in _lines_kept(each.records, ticked).items()
    }


def _lines_kept(records: Sequence[RecordPlan], ticked: Collection[str]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for record in records:
        for commit_id in record.commits:
            found[commit_id] += record.kept(ticked)
    return found


def _planned(
    plan: Preview,
    each: WorkflowPlan,
    reason: str,
    ticked: Collection[str],
    kept: Mapping[str, str],
) -> list[Planned]:
    planned = []
    for group in groups_of(each.records, ticked):
        commits = group.commits
        stays = " ".join(dict.fromkeys(kept[each] for each in commits if kept[each]))
        draft = draft_of(
            group,
            workflow=each.workflow.slug,
            proposals=list(dict.fromkeys(plan.commits[each].proposal_id for each in commits)),
            reason=reason,
            ticked=ticked,
            kept=stays,
            link=review_url,
        )
        planned.append(Planned(group, draft))
    return planned


def _acceptable(
    planned: Sequence[Planned],
    each: WorkflowPlan,
    person: User,
    remarks: _Remarks,
    at: dt.datetime,
) -> list[Planned]:
    """Leave out what cannot be proposed, such as a value that has no exact form, and say so."""
    drafts = [one.draft for one in planned]
    problems = problems_with(drafts=drafts, workflow=each.workflow, person=person, at=at)
    good = []
    for one, found in zip(planned, problems, strict=True):
        if found:
            names = ", ".join(one.draft.reverts)
            remarks.cannot.append(f"{names}: {found[0].text}")
        else:
            good.append(one)
    return good


def _count(rollback: Rollback, one: Planned, remarks: _Remarks) -> None:
    rollback.records += len(one.group.records)
    rollback.fields += sum(max(len(change.fields), 1) for change in one.draft.changes)
    if one.group.split:
        remarks.cannot.append(f"{', '.join(one.draft.reverts)}: {SPLIT}")


def _reversal(
    commit_id: str, proposal: Proposal, share: int, kept: Mapping[str, str], at: dt.datetime
) -> Reversal:
    return Reversal(
        commit_id=commit_id,
        proposal=proposal,
        share=share,
        kept=kept.get(commit_id, ""),
        created_at=at,
    )


def _insert(rollback: Rollback, proposals: Sequence[Proposal], rows: Sequence[Reversal]) -> None:
    rollback.save(force_insert=True)
    Part.objects.bulk_create(
        Part(rollback=rollback, number=number, proposal=proposal)
        for number, proposal in enumerate(proposals, start=1)
    )
    Reversal.objects.bulk_create(rows)


def _record(rollback: Rollback, proposals: int, plan: Preview, at: dt.datetime) -> None:
    window = {"since": rollback.since, "until": rollback.until}
    ledger.record(
        event="rollback.requested",
        by=rollback.requested_by.actor,
        at=at,
        subject_kind="rollback",
        subject_id=rollback.pk,
        detail={
            "kind": rollback.kind,
            "value": rollback.value,
            "reason": rollback.reason,
            "proposals": proposals,
            "commits": rollback.commits,
            "kept": rollback.kept,
            "beyond": plan.found.beyond,
            **{name: moment.isoformat() for name, moment in window.items() if moment},
        },
    )
