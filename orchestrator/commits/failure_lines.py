"""Failures as people read them: the cause in plain words, what to do next, and both sides."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from approvals.lines import label_of
from orchestrator.commits.models import Commit
from orchestrator.commits.states import CommitState
from orchestrator.connectors.errors import ErrorClass


class Cause(NamedTuple):
    """Why something was not written, and what helps."""

    text: str
    next_step: str


CAUSES: dict[str, Cause] = {
    ErrorClass.TRANSIENT: Cause(
        "The CRM was busy or not reachable, and every try is used up.",
        "Requeue it once the CRM answers again.",
    ),
    ErrorClass.AUTH: Cause(
        "Countersign could not sign in to the CRM, not even with a fresh login.",
        "Check the org's credentials, then requeue it.",
    ),
    ErrorClass.PERMISSION: Cause(
        "The CRM does not let Countersign's user write this.",
        "Have the integration user's permissions changed, then requeue it; or discard it.",
    ),
    ErrorClass.VALIDATION: Cause(
        "The CRM refuses the values themselves.",
        "Requeueing helps only if a rule in the CRM was changed; otherwise discard it.",
    ),
    ErrorClass.UNKNOWN: Cause(
        "The write was sent and no answer says whether it happened; reading back could not tell.",
        "Compare the two sides. Requeueing reads the record again first and asks people if it "
        "moved; nothing is written twice.",
    ),
}
OTHER = Cause("It was not written.", "Look at the proposal, then requeue or discard it.")
SETTLING = Cause(
    "The write was sent and no answer came back.",
    "Nothing to do yet: the record is read back shortly and shows what happened.",
)


class Side(NamedTuple):
    """One field: just before the write, as proposed, and as it is now."""

    record: str
    field: str
    before: Any
    proposed: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One failed or unclear commit."""

    commit: Commit
    title: str
    cause: Cause
    sides: list[Side]
    # Whether the person may put it back or discard it, and it is time for that.
    may_act: bool


def lines(commits: Iterable[Commit], *, administered: Collection[int]) -> list[Line]:
    """Return commits as lines; `administered` are the workflows the reader administers."""
    return [_line(commit, administered) for commit in commits]


def _line(commit: Commit, administered: Collection[int]) -> Line:
    waits = commit.state == CommitState.UNKNOWN and commit.finished_at is None
    proposal = commit.proposal
    return Line(
        commit=commit,
        title=label_of(proposal),
        cause=SETTLING if waits else CAUSES.get(commit.error_class, OTHER),
        sides=_sides(commit) if commit.state == CommitState.UNKNOWN else [],
        may_act=proposal.workflow_id in administered and not waits,
    )


def _sides(commit: Commit) -> list[Side]:
    found = []
    for change in commit.revision.changes.all():
        before, now = (_values(side, change.position) for side in (commit.before, commit.after))
        record = change.record_label or change.record_id or f"new {change.object_name}"
        names = list(change.fields) or sorted(before)
        found += [
            Side(record, name, before.get(name), change.fields.get(name), now.get(name))
            for name in names
        ]
    return found


def _values(images: list[dict[str, Any] | None] | None, position: int) -> dict[str, Any]:
    image = images[position] if images and position < len(images) else None
    values: dict[str, Any] = image["values"] if image else {}
    return values
