"""Why is this record as it is? Every change that we wrote to it, and what was not written."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F

from approvals.ledger_sight import masks_of, readable
from approvals.lines import label_of
from approvals.models import Change, Decision, Proposal
from approvals.states import ProposalState, Vote
from approvals.visibility import mask_proposal, sights_for
from audit import queries as ledger
from audit.queries import Line
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people.models import User
from orchestrator.people.permissions import may_read_ledger, rights_by_workflow
from orchestrator.people.rights import Right
from orchestrator.workflows.models import Workflow

S = ProposalState
# Asked for, and nothing was written: ended otherwise, or not ended yet.
UNWRITTEN = frozenset(ProposalState) - {S.COMMITTED, S.REVERTED}
MOST_UNWRITTEN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One change that was written: the entry, who approved it, and whether it was taken back."""

    line: Line
    votes: Sequence[Decision]
    back: Line | None
    may_take_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwritten:
    """One proposal about the record that was not written, and why."""

    proposal: Proposal
    fields: Sequence[str]
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one reader may know of a record."""

    label: str
    told: Sequence[Told]
    unwritten: Sequence[Unwritten]
    # Those that the shown changes wrote: what the page can be narrowed to.
    fields: Sequence[str]
    next_before: int | None
    more_unwritten: bool
    # False for a reader of some workflows only: others may have written as well.
    whole: bool


def history(
    *, person: User, object_name: str, record_id: str, field: str = "", before: int | None = None
) -> History:
    """
    Return the history of a record, as far as the person may read it.

    :raises NotAllowed: if they may neither read the ledger nor see any workflow
    """
    rights = rights_by_workflow(person)
    whole = may_read_ledger(person)
    if not whole and not rights:
        raise NotAllowed("Ask an administrator for the right to read the ledger.")
    page = ledger.record_history(
        object_name=object_name,
        record_id=record_id,
        workflows=None if whole else _slugs(rights),
        field=field,
        before=before,
    )
    lines = readable(person, page.lines)
    unwritten = [] if before else _unwritten(person, object_name, record_id, field, rights)
    administered = [key for key, given in rights.items() if Right.ADMINISTER in given]
    return History(
        label=_label(lines, unwritten),
        told=_told(lines, _slugs(administered)),
        unwritten=unwritten[:MOST_UNWRITTEN],
        fields=sorted({name for line in lines for name in line.detail["fields"]} | {field} - {""}),
        next_before=page.next_before,
        more_unwritten=len(unwritten) > MOST_UNWRITTEN,
        whole=whole,
    )


def _slugs(workflow_ids: Collection[int]) -> list[str]:
    if not workflow_ids:
        return []
    rows = Workflow.objects.filter(pk__in=workflow_ids)
    return list(rows.order_by().values_list("slug", flat=True))


def _told(lines: Sequence[Line], administered: Collection[str]) -> list[Told]:
    back = ledger.taken_back(lines)
    votes = _votes({line.proposal_id for line in lines if line.proposal_id})
    return [
        Told(
            line=line,
            votes=votes[line.proposal_id],
            back=back.get(line.proposal_id),
            may_take_back=line.workflow in administered and line.proposal_id not in back,
        )
        for line in lines
    ]


def _votes(proposals: Collection[str]) -> dict[str, list[Decision]]:
    found: dict[str, list[Decision]] = defaultdict(list)
    if not proposals:
        return found
    rows = Decision.objects.filter(
        vote=Vote.APPROVE,
        revision__proposal__in=proposals,
        revision__number=F("revision__proposal__revision_number"),
    ).select_related("person", "on_behalf_of", "review__role")
    for row in rows.annotate(proposal=F("revision__proposal")).order_by("at", "pk"):
        found[row.proposal].append(row)
    return found


def _unwritten(
    person: User, object_name: str, record_id: str, field: str, visible: Collection[int]
) -> list[Unwritten]:
    """Return what else was asked of the record, newest first: one more than is shown."""
    changes = Change.objects.filter(
        object_name=object_name,
        record_id=record_id,
        revision__number=F("revision__proposal__revision_number"),
        revision__proposal__state__in=UNWRITTEN,
        revision__proposal__workflow__in=visible,
    )
    if field:
        changes = changes.filter(fields__has_key=field)
    rows = changes.select_related("revision__proposal__workflow", "revision__proposal__agent")
    # Two changes of one proposal may be of one record.
    found = {
        row.revision.proposal_id: row
        for row in rows.order_by("-revision__proposal", "-position")[: MOST_UNWRITTEN + 1]
    }
    proposals = {key: row.revision.proposal for key, row in found.items()}
    sights = sights_for(person=person, workflows={each.workflow for each in proposals.values()})
    masks = masks_of({key: sights[each.workflow_id] for key, each in proposals.items()})
    for key, proposal in proposals.items():
        mask_proposal(masks[key], proposal)
    return [
        Unwritten(
            proposal=proposals[key],
            fields=sorted(row.fields),
            code=proposals[key].outcome_code,
            text=proposals[key].outcome_text,
        )
        for key, row in found.items()
    ]


def _label(lines: Sequence[Line], unwritten: Sequence[Unwritten]) -> str:
    known = [str(line.detail.get("label") or "") for line in lines]
    known += [label_of(each.proposal) for each in unwritten]
    return next((label for label in known if label), "")
