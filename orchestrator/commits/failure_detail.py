"""Everything that the page of one failure shows, in a handful of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardian.models import GroupObjectPermission

from approvals import narration
from approvals.detail import record_links
from approvals.lines import label_of
from approvals.models import Change, Decision, Proposal
from approvals.states import Vote
from approvals.visibility import CLEAR, Mask, mask_lines, masked, sight_of
from audit import queries as ledger
from orchestrator.commits.batch import fields_to_read, load, snapshot_json
from orchestrator.commits.causes import Cause, cause_of
from orchestrator.commits.comparison import same_value
from orchestrator.commits.models import Attempt, Commit, DeadLetter
from orchestrator.commits.states import CommitState, LetterKind
from orchestrator.connectors.base import RecordKey
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel.errors import NotFound
from orchestrator.kernel.hidden import is_hidden
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer, may_view
from orchestrator.people.rights import Right

LONGEST_LIST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One field: just before the write, as proposed, and now."""

    name: str
    kind: str
    before: Any
    proposed: Any
    now: Any
    # What the record shows now, compared with the other two: proposed, before, or neither.
    like: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One change with its record on both sides."""

    operation: str
    object_name: str
    record_id: str
    label: str
    href: str
    sides: Sequence[Side]
    # Whether the record is there now; nothing where that is not known.
    there: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The records as they are: which reading, by position, or why there is none."""

    images: Sequence[Mapping[str, Any] | None] | None
    when: str
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure, and what its reader may do about it."""

    commit: Commit
    proposal: Proposal
    letter: DeadLetter
    title: str
    cause: Cause
    changes: Sequence[Change]
    tries: Sequence[Attempt]
    steps: Sequence[narration.Step]
    approvers: Sequence[Decision]
    may_act: bool
    takers: Sequence[User]
    # What its reader may not see was taken out of all of it.
    mask: Mask = CLEAR

    @property
    def open(self) -> bool:
        """Say whether it still waits for somebody."""
        return self.letter.closed_at is None


def failure(*, commit_id: str, person: User) -> Failure:
    """
    Return a failure for a person who may see its workflow.

    :raises NotFound: if there is none, or the person may not know of it
    """
    letter = (
        DeadLetter.objects.filter(commit=commit_id)
        .select_related(
            "owner",
            "commit__proposal__workflow__org",
            "commit__proposal__agent",
            "commit__revision",
        )
        .order_by("-pk")
        .first()
    )
    if letter is None or not may_view(person, letter.commit.proposal.workflow):
        raise NotFound("There is no such failure, or none of your roles may see it.")
    commit, proposal = letter.commit, letter.commit.proposal
    may_act = letter.closed_at is None and may_administer(person, proposal.workflow)
    changes = list(Change.objects.filter(revision=commit.revision_id).order_by("position"))
    sight = sight_of(person=person, proposal=proposal)
    mask = masked(sight, proposal, revisions=[commit.revision], changes=changes)
    mask_commit(mask, commit)
    tries = list(commit.tries.order_by("-number"))
    for each in tries:
        each.error_text = mask.text(each.error_text)
    votes = Decision.objects.filter(revision=commit.revision_id, vote=Vote.APPROVE)
    return Failure(
        commit=commit,
        proposal=proposal,
        letter=letter,
        title=label_of(proposal),
        cause=cause_of(letter.cause, kind=letter.kind),
        changes=changes,
        tries=tries,
        steps=narration.steps(mask_lines(mask, ledger.timeline(proposal.pk))),
        mask=mask,
        approvers=list(votes.select_related("person").order_by("at", "pk")),
        may_act=may_act,
        takers=_takers(proposal, but=letter.owner) if may_act else [],
    )


def as_stored(found: Failure) -> Now:
    """Return what reading back found at the time, without asking the CRM."""
    stored = found.commit.after
    return Now(images=stored, when="as read back then" if stored else "not read yet")


def as_it_is(found: Failure) -> Now:
    """Read the records now, in one call; a CRM that does not answer is told, not raised."""
    [item] = load(Commit.objects.filter(pk=found.commit.pk))
    written = found.commit.written_ids
    keys = [
        RecordKey(each.object_name, each.record_id or (written[n] if n < len(written) else ""))
        for n, each in enumerate(item.changes)
    ]
    wanted: dict[RecordKey, set[str]] = {}
    for key, change in zip(keys, item.changes, strict=True):
        if key.record_id:
            wanted.setdefault(key, set()).update(fields_to_read(change))
    try:
        connector = connector_for(item.org)
        records = connector.read({key: sorted(names) for key, names in wanted.items()})
        found_now = [
            records.get(key)
            if key.record_id
            else connector.find_by_external_id(change.object_name, item.external_id(change))
            for key, change in zip(keys, item.changes, strict=True)
        ]
    except ConnectorError as error:
        return Now(images=None, when="", trouble=error.detail)
    images = [
        found.mask.stored(snapshot_json(each), change.object_name)
        for each, change in zip(found_now, item.changes, strict=True)
    ]
    return Now(images=images, when="just now")


def records(found: Failure, now: Now) -> list[Record]:
    """Return both sides of every change."""
    links = record_links(org=found.proposal.workflow.org, changes=found.changes)
    kinds = found.proposal.headline.get("kinds", {})
    return [_record(found, change, now, links, kinds) for change in found.changes]


def settles(found: Failure) -> bool:
    """Say whether a person has to say what happened."""
    return found.commit.state == CommitState.UNKNOWN


def waits_to_be_read(found: Failure) -> bool:
    """Say whether it is written and only not read back."""
    return found.open and found.letter.kind == LetterKind.UNREAD


def mask_commit(mask: Mask, commit: Commit) -> None:
    """Take out of a commit, in memory, what its reader may not see."""
    if mask.clear:
        return
    commit.error_text = mask.text(commit.error_text)
    commit.before, commit.after = mask.stored(commit.before), mask.stored(commit.after)


def _record(
    found: Failure,
    change: Change,
    now: Now,
    links: Mapping[int, str],
    kinds: Mapping[str, str],
) -> Record:
    stored = found.commit.before
    before = _image(stored, change.position)
    was = before["values"] if before else (change.base or {})
    image = _image(now.images, change.position)
    values = image["values"] if image else {}
    names = sorted(change.fields) or sorted(was)
    return Record(
        operation=change.operation,
        object_name=change.object_name,
        record_id=change.record_id or (image["id"] if image else ""),
        label=change.record_label or (image["label"] if image else ""),
        href=links.get(change.position, ""),
        there=None if now.images is None else image is not None,
        sides=[
            Side(
                name=name,
                kind=kinds.get(f"{change.object_name}.{name}", ""),
                before=was.get(name),
                proposed=change.fields.get(name),
                now=values.get(name),
                like=_like(change, name, was, values) if image else "",
            )
            for name in names
        ],
    )


def _like(change: Change, name: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if name not in now or name not in change.fields or is_hidden(now[name]):
        return ""
    if same_value(now[name], change.fields[name]):
        return "proposed"
    return "before" if same_value(now[name], was.get(name)) else "neither"


def _image(images: Sequence[Any] | None, position: int) -> Mapping[str, Any] | None:
    return images[position] if images and position < len(images) else None


def _takers(proposal: Proposal, *, but: User) -> list[User]:
    """Return the other people who administer the workflow."""
    administering = GroupObjectPermission.objects.filter(
        permission__codename__in=Right.ADMINISTER.given_by,
        content_type__app_label="workflows",
        content_type__model="workflow",
        object_pk=str(proposal.workflow_id),
    ).values("group")
    people = User.objects.filter(groups__in=administering, is_active=True).exclude(pk=but.pk)
    return list(people.order_by("first_name", "username").distinct()[:LONGEST_LIST])
