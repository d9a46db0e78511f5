"""Taking proposals in: validated, stored with revision, changes and ledger, answered at once."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from approvals.acceptance import accept, accept_in
from approvals.announcing.wake import wake_announcing
from approvals.content import Draft, content_of, request_digest, same_request
from approvals.exactness import exact_draft, text_problems
from approvals.filing import file_proposal, file_revision
from approvals.models import Proposal, Revision
from approvals.problems import InvalidProposal, Problem
from approvals.receipts import receipt_of
from approvals.requesters import Requester
from approvals.revisions import close_reviews
from approvals.states import REVISABLE, WITHDRAWABLE, ProposalState, RevisionCause
from audit import ledger
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.kernel.errors import DomainError, NotAllowed

LONGEST_TEXT = 5000
LONGEST_KEY = 200
KEY_ONCE = "proposal_idempotency_key_once"


class IdempotencyKeyReused(DomainError):
    """The key already stands for another request."""

    code, status, title = "idempotency_key_reused", 409, "Idempotency key used before"


class BadIdempotencyKey(DomainError):
    """There is no usable key, so a repeated request could not be told from a new one."""

    code, status, title = "bad_idempotency_key", 422, "Idempotency key needed"


class NotRevisable(DomainError):
    """The proposal has been decided, or is no longer undecided for another reason."""

    code, status, title = "not_revisable", 409, "Too late for a new revision"


class NotWithdrawable(DomainError):
    """The proposal is being written, or is closed."""

    code, status, title = "not_withdrawable", 409, "Too late to withdraw"


@dataclass(frozen=True, slots=True)
class Submitted:
    """A proposal that was taken, the answer to its requester, and whether it is an old answer."""

    proposal: Proposal
    receipt: dict[str, Any]
    replay: bool


def submit(
    *, draft: Draft, requester: Requester, idempotency_key: str, at: dt.datetime
) -> Submitted:
    """
    Take a proposal in, or return the first answer to the same request.

    :raises BadIdempotencyKey: if the key cannot be kept
    :raises InvalidProposal: if it makes no sense; its code and problems say what to change
    :raises NotGranted: if the agent's grants do not cover it
    :raises IdempotencyKeyReused: if the key stands for another request
    """
    if not 0 < len(idempotency_key) <= LONGEST_KEY or not idempotency_key.isprintable():
        raise BadIdempotencyKey(f"Send an Idempotency-Key of 1 to {LONGEST_KEY} plain characters.")
    draft = exactly(draft)
    requested = request_digest(draft)
    try:
        accepted = accept(draft=draft, requester=requester, at=at)
        proposal = file_proposal(accepted, requester, idempotency_key, requested, at)
        return Submitted(proposal, proposal.receipt, replay=False)
    except DomainError:
        # A repeated request gets its first answer, whatever has changed in the meantime.
        replay = _replay(requester, idempotency_key, requested)
        if replay is None:
            raise
        return replay
    except IntegrityError as clash:
        if KEY_ONCE not in str(clash):
            raise
        replay = _replay(requester, idempotency_key, requested)
        if replay is None:
            raise
        return replay


@transaction.atomic
def submit_revision(
    *, proposal: Proposal, draft: Draft, answer: str, by: Actor, at: dt.datetime
) -> Submitted:
    """
    Take in a new revision of an undecided proposal; what people saw before no longer counts.

    :raises NotRevisable: if the proposal is no longer undecided
    :raises InvalidProposal: if the draft makes no sense, or leaves a question unanswered
    :raises NotGranted: if the agent's grants do not cover it
    :raises NotAllowed: if somebody else proposed it
    """
    draft = exactly(draft)
    locked = _locked(proposal)
    _check_requester(locked, by)
    if locked.state not in REVISABLE or at > locked.deadline_at:
        raise NotRevisable(
            f"{locked.pk} is {_words(locked)}; send a new proposal instead of a revision."
        )
    asked = locked.state == ProposalState.REVISION_REQUESTED
    _check_frame(locked, draft, answer, asked=asked)
    accepted = accept_in(
        draft=draft, workflow=locked.workflow, version=locked.version, agent=locked.agent, at=at
    )
    content = content_of(
        accepted.draft,
        proposal_id=locked.pk,
        revision=locked.revision_number + 1,
        version=locked.version.number,
        answer=answer,
    )
    current = Revision.objects.get(proposal=locked, number=locked.revision_number)
    if not asked and same_request(content, current.content):
        return Submitted(locked, receipt_of(locked, accepted.verdict), replay=True)
    if not asked and current.cause == RevisionCause.EDITED:
        raise NotRevisable(
            f"{current.author_label} has edited {locked.pk} and people decide on that; withdraw it "
            "if it must not be written so."
        )
    cause = RevisionCause.ANSWERED if asked else RevisionCause.CORRECTED
    file_revision(locked, accepted, content, cause=cause, by=by, at=at)
    return Submitted(locked, receipt_of(locked, accepted.verdict), replay=False)


@transaction.atomic
def withdraw(*, proposal: Proposal, reason: str, by: Actor, at: dt.datetime) -> Proposal:
    """
    Take a proposal back before it is written.

    :raises NotWithdrawable: if it is being written, or closed
    :raises InvalidProposal: if the reason cannot be kept
    :raises NotAllowed: if somebody else proposed it
    """
    _check_text(reason, "/reason")
    locked = _locked(proposal)
    _check_requester(locked, by)
    if locked.state not in WITHDRAWABLE:
        raise NotWithdrawable(f"{locked.pk} is {_words(locked)}; nothing is left to take back.")
    locked.move(
        ProposalState.WITHDRAWN,
        closed_at=at,
        prepare_at=None,
        outcome_code="withdrawn",
        outcome_text=reason,
    )
    close_reviews(locked, at=at)
    wake_announcing()
    ledger.record(
        event="proposal.withdrawn",
        by=by,
        at=at,
        detail={"reason": reason},
        **locked.subject(),
    )
    return locked


def _locked(proposal: Proposal) -> Proposal:
    return (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("workflow__org", "version", "agent__owner")
        .get(pk=proposal.pk)
    )


def _words(proposal: Proposal) -> str:
    if proposal.state in REVISABLE:
        return "past its deadline"
    return str(proposal.state).replace("_", " ")


def _check_requester(proposal: Proposal, by: Actor) -> None:
    """A person who answers for the agent may do what the agent may do here."""
    own = (by.kind, by.id) == (proposal.requester_kind, proposal.requester_id)
    answers_for_it = by.kind == ActorKind.PERSON and by.id in proposal.barred
    if not own and not answers_for_it:
        raise NotAllowed(f"Only whoever proposed {proposal.pk} may do this.")


def _check_frame(proposal: Proposal, draft: Draft, answer: str, *, asked: bool) -> None:
    if draft.workflow != proposal.workflow.slug or draft.action != proposal.action:
        text = "A revision keeps workflow and action; send a new proposal for another action."
        raise InvalidProposal([Problem("workflow_changed", "/workflow", text)])
    if asked and not answer.strip():
        text = "Somebody asked a question about this proposal: answer it in `answer`."
        raise InvalidProposal([Problem("answer_missing", "/answer", text)])
    _check_text(answer, "/answer")


def _check_text(text: str, path: str) -> None:
    problems = text_problems(text, path, longest=LONGEST_TEXT)
    if problems:
        raise InvalidProposal(problems)


def exactly(draft: Draft) -> Draft:
    """
    Return the draft with its numbers in their one exact form.

    :raises InvalidProposal: if a number or a text cannot be kept exactly
    """
    draft, problems = exact_draft(draft)
    if problems:
        raise InvalidProposal(problems)
    return draft


def _replay(requester: Requester, key: str, requested: str) -> Submitted | None:
    first = Proposal.objects.filter(
        requester_kind=requester.actor.kind,
        requester_id=requester.actor.id,
        idempotency_key=key,
    ).first()
    if first is None:
        return None
    if first.request_digest != requested:
        raise IdempotencyKeyReused(
            f"The key {key!r} was used for another request ({first.pk}). Send a new key.",
            extra={"proposal": first.pk},
        )
    return Submitted(first, first.receipt, replay=True)
