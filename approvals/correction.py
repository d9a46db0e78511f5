"""Correcting what could not be written: a person edits it, and other people decide again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from approvals.acceptability import NotAcceptable, check_acceptable
from approvals.acceptance import accept_in
from approvals.content import DraftChange, content_of, draft_of, same_request
from approvals.filing import file_revision
from approvals.models import Proposal, Revision
from approvals.opening import check_same
from approvals.problems import InvalidProposal, Problem
from approvals.states import ProposalState, RevisionCause
from approvals.submission import exactly
from orchestrator.kernel.errors import NotFound
from orchestrator.kernel.states import IllegalMove
from orchestrator.people.models import User

__all__ = ["NotAcceptable", "correct"]


@transaction.atomic
def correct(
    *,
    proposal_id: str,
    digest: str,
    changes: Sequence[DraftChange],
    reason: str,
    person: User,
    at: dt.datetime,
) -> Proposal:
    """
    Give a failed proposal a new revision; nothing that was approved before counts for it.

    It stays within what its requester may ask for, and whoever corrects it does not decide on it.

    :raises NotFound: if there is no such proposal
    :raises IllegalMove: if it has not failed
    :raises NotWhatYouSaw: if its content is not the one with `digest`
    :raises InvalidProposal: if the changes make no sense, or change nothing
    :raises NotGranted: if the agent's grants do not cover them
    :raises NotAcceptable: if policy would refuse them
    """
    proposal = _locked(proposal_id)
    check_same(proposal, digest)
    current = Revision.objects.get(proposal=proposal, number=proposal.revision_number)
    draft = exactly(replace(draft_of(current.content), changes=list(changes)))
    accepted = accept_in(
        draft=draft,
        workflow=proposal.workflow,
        version=proposal.version,
        agent=proposal.agent,
        at=at,
    )
    check_acceptable(accepted.verdict)
    content = content_of(
        accepted.draft,
        proposal_id=proposal.pk,
        revision=proposal.revision_number + 1,
        version=proposal.version.number,
        answer=reason,
    )
    if same_request(content, current.content):
        text = "Nothing was changed. Requeue it if the same values should be tried again."
        raise InvalidProposal([Problem("nothing_corrected", "/changes", text)])
    file_revision(
        proposal, accepted, content, cause=RevisionCause.CORRECTED, by=person.actor, at=at
    )
    return proposal


def _locked(proposal_id: str) -> Proposal:
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("workflow__org", "version", "agent__owner")
        .filter(pk=proposal_id)
        .first()
    )
    if proposal is None:
        raise NotFound("There is no such proposal.")
    if proposal.state != ProposalState.FAILED:
        raise IllegalMove(f"{proposal.pk} is {proposal.state}: there is nothing to correct.")
    return proposal
