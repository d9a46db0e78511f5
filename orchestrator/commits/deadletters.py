"""What a person does with a commit that failed, or whose outcome nobody could tell."""

import datetime as dt
from typing import Any

from django.db import transaction

from approvals import correction, outcomes
from approvals.blindness import check_sees_all
from approvals.content import DraftChange
from approvals.models import Change
from orchestrator.commits import holds, triage, waking
from orchestrator.commits.models import Commit
from orchestrator.commits.moves import UNCLAIMED
from orchestrator.commits.permissions import check_administer
from orchestrator.commits.queries import NEEDS_A_PERSON
from orchestrator.commits.settling import Found
from orchestrator.commits.states import CommitState, LetterVerdict
from orchestrator.commits.triage import NotADeadLetter
from orchestrator.kernel.errors import DomainError, NotFound, ReasonNeeded
from orchestrator.people.models import User

__all__ = [
    "NotADeadLetter",
    "NothingThere",
    "discard",
    "replace",
    "requeue",
    "settle_as_written",
]


class NothingThere(DomainError):
    """What should have been created is not in the CRM, so it cannot have been written."""

    code, status, title = "nothing_there", 409, "It cannot have been written"


@transaction.atomic
def requeue(
    *, commit_id: str, reason: str, person: User, at: dt.datetime, bulk: str = ""
) -> Commit:
    """
    Put a failed or unclear commit back into the queue; it is read and compared again first.

    :raises ReasonNeeded: if no reason is given
    :raises NotFound: if there is no such commit
    :raises NotAllowed: if the person does not administer its workflow
    :raises NotADeadLetter: if it does not wait for a person
    """
    commit = _locked(commit_id, reason, person)
    _fail_if_unknown(commit, reason, person, at)
    outcomes.mark_requeued(proposal_id=commit.proposal_id, at=at)
    commit.move(CommitState.QUEUED, due_at=at, failures=0, finished_at=None, **UNCLAIMED)
    triage.close(commit, LetterVerdict.REQUEUED, at=at)
    _record(commit, "commit.requeued", reason, person, at, **_part_of(bulk))
    waking.wake_after_commit([commit.org_id])
    return commit


@transaction.atomic
def discard(
    *, commit_id: str, reason: str, person: User, at: dt.datetime, bulk: str = ""
) -> Commit:
    """
    Give a failed or unclear commit up: the proposal ends as discarded.

    :raises ReasonNeeded: if no reason is given
    :raises NotFound: if there is no such commit
    :raises NotAllowed: if the person does not administer its workflow
    :raises NotADeadLetter: if it does not wait for a person
    """
    commit = _locked(commit_id, reason, person)
    _fail_if_unknown(commit, reason, person, at, found=Found.UNCLEAR)
    outcomes.mark_discarded(proposal_id=commit.proposal_id, reason=reason.strip(), at=at)
    commit.move(CommitState.DISCARDED, finished_at=at)
    holds.release([commit.pk])
    triage.close(commit, LetterVerdict.DISCARDED, at=at)
    _record(commit, "commit.discarded", reason, person, at, **_part_of(bulk))
    return commit


@transaction.atomic
def settle_as_written(*, commit_id: str, reason: str, person: User, at: dt.datetime) -> Commit:
    """
    Take a person's word that an unclear write happened; the sweep then reads it back as ever.

    Nothing is sent. What reads back otherwise than approved is said in the ledger, as always.

    :raises ReasonNeeded: if no reason is given
    :raises NotFound: if there is no such commit
    :raises NotAllowed: if the person does not administer its workflow
    :raises NotADeadLetter: if it does not wait for a person, or is known not to be written
    :raises NothingThere: if it should have created a record that is not there
    """
    commit = _locked(commit_id, reason, person)
    if commit.state != CommitState.UNKNOWN:
        raise NotADeadLetter("The CRM said that it was not written: requeue it instead.")
    commit.move(
        CommitState.WRITTEN, written_at=at, written_ids=_record_ids(commit), finished_at=None
    )
    triage.close(commit, LetterVerdict.WRITTEN, at=at)
    _record_settled(commit, Found.WRITTEN, reason, person, at)
    return commit


@transaction.atomic
def replace(
    *,
    commit_id: str,
    digest: str,
    changes: list[DraftChange],
    reason: str,
    person: User,
    at: dt.datetime,
) -> Commit:
    """
    End a failed commit with a corrected revision of its proposal, which people decide on.

    :raises ReasonNeeded: if no reason is given
    :raises NotFound: if there is no such commit
    :raises NotAllowed: if the person does not administer its workflow
    :raises NotADeadLetter: if it has not failed for good
    :raises CannotSeeAll: if a field changes that the person may not see
    :raises NotWhatYouSaw: if the proposal has another content than the one that was edited
    :raises InvalidProposal: if the corrected changes make no sense, or change nothing
    :raises NotGranted: if the agent's grants do not cover them
    :raises NotAcceptable: if policy would refuse them
    """
    commit = _locked(commit_id, reason, person)
    if commit.state != CommitState.FAILED:
        raise NotADeadLetter("Say first whether it was written; only then can it be corrected.")
    check_sees_all(person, commit.proposal)
    number = correction.correct(
        proposal_id=commit.proposal_id,
        digest=digest,
        changes=changes,
        reason=reason.strip(),
        person=person,
        at=at,
    ).revision_number
    commit.move(CommitState.REPLACED, finished_at=at)
    triage.close(commit, LetterVerdict.REPLACED, at=at)
    _record(commit, "commit.replaced", reason, person, at, revision=number)
    return commit


def check_reason(reason: str) -> None:
    """
    Refuse a word without a reason.

    :raises ReasonNeeded: if there is none
    """
    if not reason.strip():
        raise ReasonNeeded("Say why: the ledger keeps it, and the agent's owner reads it.")


def _locked(commit_id: str, reason: str, person: User) -> Commit:
    check_reason(reason)
    rows = Commit.objects.select_for_update(of=("self",)).select_related("proposal__workflow")
    commit = rows.filter(pk=commit_id).first()
    if commit is None:
        raise NotFound("There is no such commit.")
    check_administer(person, commit.proposal.workflow)
    if not Commit.objects.filter(NEEDS_A_PERSON, pk=commit_id).exists():
        raise NotADeadLetter(f"Somebody was faster: this commit is {commit.state} now.")
    return commit


def _fail_if_unknown(
    commit: Commit, reason: str, person: User, at: dt.datetime, found: Found = Found.NOT_WRITTEN
) -> None:
    """A person's word ends the not knowing; from there on it is a dead letter like any other."""
    if commit.state == CommitState.UNKNOWN:
        outcomes.mark_failed(
            proposal_ids=[commit.proposal_id],
            code=commit.error_code,
            text=commit.error_text,
            at=at,
        )
        commit.move(CommitState.FAILED, after=None)
        holds.release([commit.pk])
        _record_settled(commit, found, reason, person, at)


def _record_ids(commit: Commit) -> list[str]:
    """Return the record of each change; a create's is what reading back found under its key."""
    after = commit.after or []
    ids = []
    for change in Change.objects.filter(revision=commit.revision_id).order_by("position"):
        image = after[change.position] if change.position < len(after) else None
        record_id = change.record_id or (image or {}).get("id", "")
        if not record_id:
            raise NothingThere(
                f"No {change.object_name} is there under its key. Try again: it is looked for "
                "once more before it is created."
            )
        ids.append(record_id)
    return ids


def _record_settled(
    commit: Commit, found: Found, reason: str, person: User, at: dt.datetime
) -> None:
    triage.record(
        commit,
        "commit.settled",
        by=person.actor,
        at=at,
        found=found.value,
        text=f"{person.display_name}: {reason.strip()}",
    )


def _record(
    commit: Commit, event: str, reason: str, person: User, at: dt.datetime, **detail: Any
) -> None:
    triage.record(commit, event, by=person.actor, at=at, reason=reason.strip(), **detail)


def _part_of(bulk: str) -> dict[str, str]:
    return {"bulk": bulk} if bulk else {}
