"""Dead letters as duties: opened with the failure, owned by a person, due, and closed."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from audit import ledger
from orchestrator.commits.batch import Item
from orchestrator.commits.causes import key_of
from orchestrator.commits.models import Commit, DeadLetter
from orchestrator.commits.permissions import check_administer
from orchestrator.commits.states import LetterKind, LetterVerdict
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer

LONGEST_REASON = 500


class NotADeadLetter(DomainError):
    """The commit does not wait for a person."""

    code, status, title = "not_a_dead_letter", 409, "Nothing to decide here"


class CannotTakeOver(DomainError):
    """The person it was to be handed to may not deal with it."""

    code, status, title = "cannot_take_over", 422, "It cannot be theirs"


def open_letters(
    items: Sequence[Item], *, kind: LetterKind, error: tuple[str, str, str], at: dt.datetime
) -> None:
    """Make each commit the duty of its workflow's ops owner, in the caller's transaction."""
    due_at = at + dt.timedelta(hours=float(settings.COUNTERSIGN["dead_letter_hours"]))
    if kind == LetterKind.UNREAD:
        due_at = at + dt.timedelta(hours=float(settings.COUNTERSIGN["unread_commit_hours"]))
    error_class, code, text = error
    DeadLetter.objects.bulk_create(
        DeadLetter(
            commit=item.commit,
            workflow_id=item.proposal.workflow_id,
            kind=kind,
            cause=key_of(error_class=error_class, code=code, text=text, names=_names(item)),
            opened_at=at,
            due_at=due_at,
            owner_id=item.proposal.workflow.owner_id,
        )
        for item in items
    )


def close(commit: Commit, verdict: LetterVerdict, *, at: dt.datetime) -> None:
    """End the open letter of a commit; one from before there were letters has none."""
    DeadLetter.objects.filter(commit=commit, closed_at=None).update(verdict=verdict, closed_at=at)


@transaction.atomic
def take(*, commit_id: str, person: User, at: dt.datetime) -> DeadLetter:
    """
    Make a failure the person's own.

    :raises NotFound: if there is no such commit
    :raises NotAllowed: if the person does not administer its workflow
    :raises NotADeadLetter: if it does not wait for a person
    """
    letter = _locked(commit_id, person)
    letter.owner = person
    letter.save(update_fields=["owner"])
    record(letter.commit, "commit.taken", by=person.actor, at=at, owner=person.display_name)
    return letter


@transaction.atomic
def hand_over(*, commit_id: str, to: str, reason: str, person: User, at: dt.datetime) -> DeadLetter:
    """
    Make a failure somebody else's.

    :raises NotFound: if there is no such commit
    :raises NotAllowed: if the person does not administer its workflow
    :raises NotADeadLetter: if it does not wait for a person
    :raises CannotTakeOver: if the other one does not administer the workflow
    """
    letter = _locked(commit_id, person)
    owner = User.objects.filter(username=to).first()
    if owner is None or not may_administer(owner, letter.workflow):
        raise CannotTakeOver("Choose somebody who may administer the workflow.")
    letter.owner = owner
    letter.save(update_fields=["owner"])
    record(
        letter.commit,
        "commit.handed_over",
        by=person.actor,
        at=at,
        owner=owner.display_name,
        reason=reason.strip()[:LONGEST_REASON],
    )
    return letter


def record(commit: Commit, event: str, *, by: Actor, at: dt.datetime, **detail: object) -> None:
    """Write what was done about a commit into the ledger."""
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="proposal",
        subject_id=commit.proposal_id,
        proposal_id=commit.proposal_id,
        workflow=commit.workflow,
        agent=commit.agent,
        detail={"commit": commit.pk, **detail},
    )


def _locked(commit_id: str, person: User) -> DeadLetter:
    commit = Commit.objects.select_related("proposal__workflow").filter(pk=commit_id).first()
    if commit is None:
        raise NotFound("There is no such commit.")
    check_administer(person, commit.proposal.workflow)
    letters = DeadLetter.objects.select_for_update(of=("self",)).select_related("workflow")
    letter = letters.filter(commit=commit_id, closed_at=None).first()
    if letter is None:
        raise NotADeadLetter(f"This commit is {commit.state}; nobody has to deal with it.")
    letter.commit = commit
    return letter


def _names(item: Item) -> list[str]:
    return [name for change in item.changes for name in change.fields]
