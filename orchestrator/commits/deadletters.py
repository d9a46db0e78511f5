"""What a person does with a commit that failed, or whose outcome nobody could tell."""

import datetime as dt

from django.db import transaction

from approvals import outcomes
from audit import ledger
from orchestrator.commits import holds, waking
from orchestrator.commits.models import Commit
from orchestrator.commits.moves import UNCLAIMED
from orchestrator.commits.permissions import check_administer
from orchestrator.commits.queries import NEEDS_A_PERSON
from orchestrator.commits.states import CommitState
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.people.models import User


class NotADeadLetter(DomainError):
    """The commit does not wait for a person."""

    code, status, title = "not_a_dead_letter", 409, "Nothing to decide here"


class ReasonNeeded(DomainError):
    """A person's word on a failure comes with a reason."""

    code, status, title = "reason_needed", 422, "A reason is needed"


@transaction.atomic
def requeue(*, commit_id: str, reason: str, person: User, at: dt.datetime) -> Commit:
    """
    Put a failed or unclear commit back into the queue; it is read and compared again first.

    :raises ReasonNeeded: if no reason is given
    :raises NotFound: if there is no such commit
    :raises NotAllowed: if the person does not administer its workflow
    :raises NotADeadLetter: if it does not wait for a person
    """
    commit = _locked(commit_id, reason, person)
    _fail_if_unknown(commit, at)
    outcomes.mark_requeued(proposal_id=commit.proposal_id, at=at)
    commit.move(CommitState.QUEUED, due_at=at, failures=0, finished_at=None, **UNCLAIMED)
    _record(commit, "commit.requeued", reason, person, at)
    waking.wake_after_commit([commit.org_id])
    return commit


@transaction.atomic
def discard(*, commit_id: str, reason: str, person: User, at: dt.datetime) -> Commit:
    """
    Give a failed or unclear commit up: the proposal ends as discarded.

    :raises ReasonNeeded: if no reason is given
    :raises NotFound: if there is no such commit
    :raises NotAllowed: if the person does not administer its workflow
    :raises NotADeadLetter: if it does not wait for a person
    """
    commit = _locked(commit_id, reason, person)
    _fail_if_unknown(commit, at)
    outcomes.mark_discarded(proposal_id=commit.proposal_id, reason=reason.strip(), at=at)
    commit.move(CommitState.DISCARDED, finished_at=at)
    holds.release([commit.pk])
    _record(commit, "commit.discarded", reason, person, at)
    return commit


def _locked(commit_id: str, reason: str, person: User) -> Commit:
    if not reason.strip():
        raise ReasonNeeded("Say why: the ledger keeps it, and the agent's owner reads it.")
    rows = Commit.objects.select_for_update(of=("self",)).select_related("proposal__workflow")
    commit = rows.filter(pk=commit_id).first()
    if commit is None:
        raise NotFound("There is no such commit.")
    check_administer(person, commit.proposal.workflow)
    if not Commit.objects.filter(NEEDS_A_PERSON, pk=commit_id).exists():
        raise NotADeadLetter(f"This commit is {commit.state}; reload the page to see where it is.")
    return commit


def _fail_if_unknown(commit: Commit, at: dt.datetime) -> None:
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


def _record(commit: Commit, event: str, reason: str, person: User, at: dt.datetime) -> None:
    ledger.record(
        event=event,
        by=person.actor,
        at=at,
        subject_kind="proposal",
        subject_id=commit.proposal_id,
        proposal_id=commit.proposal_id,
        workflow=commit.workflow,
        agent=commit.agent,
        detail={"commit": commit.pk, "reason": reason.strip()},
    )
