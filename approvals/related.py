"""What surrounds a decision: the record's past, other proposals about it, this agent's record."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from approvals.detail import Detail
from approvals.ledger_sight import readable
from approvals.lines import label_of
from approvals.models import Change, Proposal, Revision
from approvals.states import OPEN, ProposalState, RevisionCause
from approvals.visibility import mask_rows
from audit import queries as ledger
from audit.queries import Line
from orchestrator.people.models import User
from orchestrator.people.permissions import may_read_ledger, workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.workflows.models import Workflow

S = ProposalState
MOST_RECORDS, MOST_CHANGES, MOST_OPEN, LATEST = 3, 5, 5, 20
# From here on a poor record is worth a warning.
ENOUGH = 5
APPROVED = frozenset({S.APPROVED, S.COMMITTING, S.COMMITTED, S.FAILED, S.OUTCOME_UNKNOWN})
# In the order in which they are said.
ENDINGS = (
    ("approved", APPROVED | {S.REVERTED, S.DISCARDED}),
    ("denied", frozenset({S.DENIED})),
    ("expired", frozenset({S.EXPIRED})),
    ("withdrawn", frozenset({S.WITHDRAWN})),
    ("refused by policy", frozenset({S.REFUSED})),
)
UNDECIDED = frozenset({S.RECEIVED, S.IN_REVIEW, S.REVISION_REQUESTED, S.OBSERVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another open proposal."""

    id: str
    label: str
    state: str
    who: str
    action: str
    fields: Sequence[str]
    # The fields that both would write to the same record.
    clashes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What the agent's latest proposals of this kind came to."""

    decided: int
    words: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """What one reader may know of what surrounds a proposal."""

    changes: Sequence[Line]
    others: Sequence[Other]
    theirs: Sequence[Other]
    track: TrackRecord | None


def related(found: Detail, *, person: User) -> Related:
    """Return what surrounds a proposal, each part bounded, as far as the person may know."""
    proposal = found.proposal
    visible = workflows_with_right(person, Right.VIEW)
    touched = {
        (change.object_name, change.record_id): frozenset(change.fields)
        for change in found.changes
        if change.record_id
    }
    others = _others(proposal, touched, visible)
    theirs = _theirs(proposal, {each.pk for each, _, _ in others}, visible)
    mask_rows(person=person, proposals=[*(each for each, _, _ in others), *theirs])
    return Related(
        changes=_changes(list(touched)[:MOST_RECORDS], person, visible),
        others=[_other(each, fields, clashes) for each, fields, clashes in others],
        theirs=[_other(each, each.headline.get("fields", ()), ()) for each in theirs],
        track=track_record(_latest(proposal)) if proposal.agent_id else None,
    )


def _changes(
    records: Sequence[tuple[str, str]], person: User, visible: Collection[int]
) -> list[Line]:
    """Return the latest writes of ours to the records, newest first."""
    slugs = None
    if not may_read_ledger(person):
        rows = Workflow.objects.filter(pk__in=visible).order_by()
        slugs = list(rows.values_list("slug", flat=True))
    lines = [
        line
        for object_name, record_id in records
        for line in ledger.record_history(
            object_name=object_name, record_id=record_id, workflows=slugs
        ).lines[:MOST_CHANGES]
    ]
    newest = sorted(lines, key=lambda line: line.id, reverse=True)[:MOST_CHANGES]
    return readable(person, newest)


def _others(
    proposal: Proposal,
    touched: Mapping[tuple[str, str], frozenset[str]],
    visible: Collection[int],
) -> list[tuple[Proposal, list[str], list[str]]]:
    """Return other open proposals on the same records, with what they write and where we clash."""
    if not touched:
        return []
    rows = (
        Change.objects.filter(
            record_id__in={record_id for _, record_id in touched},
            object_name__in={object_name for object_name, _ in touched},
            revision__number=F("revision__proposal__revision_number"),
            revision__proposal__state__in=sorted(OPEN),
            revision__proposal__workflow__in=visible,
        )
        .exclude(revision__proposal=proposal.pk)
        .select_related("revision__proposal__workflow", "revision__proposal__agent")
        .order_by("-revision__proposal", "position")[: MOST_OPEN * 2]
    )
    found: dict[str, tuple[Proposal, list[str], list[str]]] = {}
    for row in rows:
        other = row.revision.proposal
        _, fields, clashes = found.setdefault(other.pk, (other, [], []))
        fields += sorted(row.fields)
        clashes += sorted(
            touched.get((row.object_name, row.record_id), frozenset()) & set(row.fields)
        )
    return list(found.values())[:MOST_OPEN]


def _theirs(proposal: Proposal, but: Collection[str], visible: Collection[int]) -> list[Proposal]:
    """Return what else the same requester has open."""
    rows: QuerySet[Proposal] = Proposal.objects.filter(
        state__in=sorted(OPEN), workflow__in=visible
    ).exclude(pk__in=[proposal.pk, *but])
    if proposal.agent_id:
        rows = rows.filter(agent=proposal.agent_id)
    else:
        rows = rows.filter(
            requester_kind=proposal.requester_kind, requester_id=proposal.requester_id
        )
    return list(rows.select_related("workflow", "agent").order_by("-id")[:MOST_OPEN])


def _other(proposal: Proposal, fields: Sequence[str], clashes: Sequence[str]) -> Other:
    return Other(
        id=proposal.pk,
        label=label_of(proposal) or proposal.headline.get("object", ""),
        state=str(proposal.state),
        who=proposal.agent.title if proposal.agent else proposal.requester_label,
        action=proposal.action,
        fields=fields,
        clashes=clashes,
    )


def _latest(proposal: Proposal) -> list[tuple[str, bool]]:
    """Return the states of the agent's latest proposals of this kind, and which people edited."""
    rows = list(
        Proposal.objects.filter(
            agent=proposal.agent_id, workflow=proposal.workflow_id, action=proposal.action
        )
        .exclude(pk=proposal.pk)
        .order_by("-id")
        .values_list("pk", "state")[: LATEST * 2]
    )
    decided = [(key, state) for key, state in rows if state not in UNDECIDED][:LATEST]
    edited = set(
        Revision.objects.filter(
            proposal__in=[key for key, _ in decided], cause=RevisionCause.EDITED
        ).values_list("proposal", flat=True)
    )
    return [(state, key in edited) for key, state in decided]


def track_record(latest: Sequence[tuple[str, bool]]) -> TrackRecord | None:
    """Return in words what decided proposals came to: "17 of 20 approved, 1 taken back"."""
    if not latest:
        return None
    total = len(latest)
    counts = Counter(
        {word: sum(state in states for state, _ in latest) for word, states in ENDINGS}
    )
    edited = sum(was_edited for _, was_edited in latest)
    reverted = sum(state == S.REVERTED for state, _ in latest)
    parts = [f"{counts['approved']} of {total} approved"]
    parts += [f"{counts[word]} {word}" for word, _ in ENDINGS[1:] if counts[word]]
    parts += [f"{edited} edited by people"] if edited else []
    parts += [f"{reverted} taken back"] if reverted else []
    poor = total >= ENOUGH and (counts["approved"] * 2 < total or reverted * 10 > total)
    return TrackRecord(total, ", ".join(parts), "warn" if poor else "quiet")
