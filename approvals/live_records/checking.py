"""Before a vote counts: is the record still what the person was shown?"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from approvals import permissions
from approvals.blindness import check_sees_all
from approvals.content import content_of, draft_of
from approvals.headlines import headline
from approvals.live_records.drift import Values, drift, moved_fields, three_values
from approvals.live_records.looking import Answer, Look, look
from approvals.models import Change, Proposal, Revision
from approvals.opening import NotOpen, check_same, open_review
from approvals.revisions import close_reviews, store_revision, wake_preparation
from approvals.states import ProposalState, RevisionCause, Vote
from audit import ledger
from orchestrator.kernel.actors import system
from orchestrator.kernel.canonical import digest as digest_of
from orchestrator.kernel.choices import Choices
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.people.models import User

COMPARISON = system("comparison with the CRM")
CODE = "record_moved"


class RecordMoved(DomainError):
    """Somebody changed the record after it was read: the vote would be on something else."""

    code, status, title = CODE, 409, "The record has changed"


class Standing(Choices):
    """How sure a vote can be of what it is about."""

    COMPARED = "compared"
    # The CRM did not answer: the comparison before the write stands for it.
    UNKNOWN = "unknown"
    # Whoever says no, or may not decide at all, needs no comparison.
    NOT_ASKED = "not_asked"


def check_still_true(
    *, proposal_id: str, person: User, vote: str, digest: str, at: dt.datetime
) -> Standing:
    """
    Compare the records with what the person was shown, before their approval is cast.

    What moved is prepared again as a new revision, so nobody's vote on the old values counts.

    :raises RecordMoved: if a field that the change touches or depends on has another value
    """
    if vote != Vote.APPROVE:
        return Standing.NOT_ASKED
    proposal = _open_to(proposal_id, person, digest, at)
    if proposal is None:
        return Standing.NOT_ASKED
    changes = _changes(proposal)
    seen = look(org=proposal.workflow.org, changes=changes, at=at, waits_its_turn=False)
    if seen.answer != Answer.READ:
        return Standing.UNKNOWN if seen.answer == Answer.SILENT else Standing.NOT_ASKED
    _refuse_if_moved(proposal, changes, seen, at)
    return Standing.COMPARED


def read_again(*, proposal_id: str, person: User, digest: str, at: dt.datetime) -> bool:
    """
    Prepare a proposal again if its records moved; return whether they had.

    :raises NotFound: if the person may not decide on it now, or its content is another one
    """
    proposal = _open_to(proposal_id, person, digest, at)
    if proposal is None:
        raise NotFound("There is nothing here for you to read again.")
    changes = _changes(proposal)
    seen = look(org=proposal.workflow.org, changes=changes, at=at, waits_its_turn=False)
    try:
        _refuse_if_moved(proposal, changes, seen, at)
    except RecordMoved:
        return True
    return False


def _open_to(proposal_id: str, person: User, digest: str, at: dt.datetime) -> Proposal | None:
    """Return the proposal if this person could decide on this content of it now."""
    proposal = (
        Proposal.objects.select_related("workflow__org", "agent__owner")
        .filter(pk=proposal_id, digest=digest, state=ProposalState.IN_REVIEW, prepare_at=None)
        .first()
    )
    if proposal is None:
        return None
    try:
        permissions.check_may_decide(person, proposal, open_review(proposal, at), at=at)
        # Not even that it moved is for whoever may not see it.
        check_sees_all(person, proposal)
    except DomainError:
        # Deciding says why.
        return None
    return proposal


def _changes(proposal: Proposal) -> list[Change]:
    return list(
        Change.objects.filter(
            revision__proposal=proposal, revision__number=proposal.revision_number
        ).order_by("position")
    )


def _refuse_if_moved(
    proposal: Proposal, changes: Sequence[Change], seen: Look, at: dt.datetime
) -> None:
    now = {position: record.values for position, record in seen.records.items()}
    found = drift(changes, now)
    if not found:
        return
    text = in_words(found)
    conflict: dict[str, object] = {
        "code": CODE,
        "text": text,
        "changes": three_values(changes, found, now),
    }
    _prepare_again(proposal_id=proposal.pk, digest=proposal.digest, conflict=conflict, at=at)
    raise RecordMoved(f"{text} Nothing was decided: it is read again now, then compare and decide.")


def in_words(found: dict[int, Values | None]) -> str:
    """Say what moved, by the names of the fields."""
    names = moved_fields(found)
    gone = any(moved is None for moved in found.values())
    if gone:
        return "A record of it was deleted in the CRM after we had read it."
    return f"Somebody changed {', '.join(names)} in the CRM after we had read it."


@transaction.atomic
def _prepare_again(
    *, proposal_id: str, digest: str, conflict: dict[str, object], at: dt.datetime
) -> None:
    """
    Make the same request anew as the next revision, whose base is what is there now.

    The time to decide runs on: a record that moves often must not keep a proposal open for ever.

    :raises NotOpen: if somebody decided meanwhile
    :raises NotWhatYouSaw: if somebody changed it meanwhile
    """
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("workflow", "agent")
        .get(pk=proposal_id)
    )
    check_same(proposal, digest)
    if proposal.state != ProposalState.IN_REVIEW or proposal.prepare_at is not None:
        raise NotOpen("It is no longer open for decisions. Reload the page.")
    left = Revision.objects.get(proposal=proposal, number=proposal.revision_number)
    content = content_of(
        draft_of(left.content),
        proposal_id=proposal.pk,
        revision=left.number + 1,
        version=left.content["version"],
    )
    proposal.amend(
        revision_number=content["revision"],
        digest=digest_of(content),
        headline=headline(content, label=proposal.headline.get("label", "")),
        prepare_at=at,
        prepare_attempts=0,
        outcome_code=CODE,
        outcome_text=str(conflict["text"]),
    )
    close_reviews(proposal, at=at)
    revision = store_revision(
        proposal, content, cause=RevisionCause.RECORD_MOVED, by=COMPARISON, at=at, conflict=conflict
    )
    detail = {"revision": revision.number, "code": CODE, "text": conflict["text"]}
    ledger.record(
        event="proposal.returned",
        by=COMPARISON,
        at=at,
        detail={**detail, "conflict": conflict},
        **proposal.subject(),
    )
    wake_preparation()
