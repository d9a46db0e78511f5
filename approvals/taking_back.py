"""Taking in the proposals of a rollback, all of them in a few statements, or none."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from approvals import reversing
from approvals.acceptance import Accepted
from approvals.content import Draft, request_digest
from approvals.exactness import exact_draft
from approvals.facts import as_facts, request_of
from approvals.filing import new_proposal, submitted_entry
from approvals.insertion import insert_many
from approvals.models import Proposal
from approvals.problems import Problem
from approvals.requesters import person_requester
from approvals.revisions import wake_preparation
from approvals.states import Purpose, RevisionCause
from approvals.validation import problems_of
from audit import ledger
from orchestrator.people.models import User
from orchestrator.policy.evaluate import evaluate
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.models import Workflow


def problems_with(
    *, drafts: Sequence[Draft], workflow: Workflow, person: User, at: dt.datetime
) -> list[list[Problem]]:
    """Return, for each draft of a rollback, what keeps it from being taken in."""
    definitions = _definitions(drafts, workflow, person, at)
    return [
        [*exact_draft(draft)[1], *problems_of(draft, definition)]
        for draft, definition in zip(drafts, definitions, strict=True)
    ]


@transaction.atomic
def file_rollbacks(
    *, drafts: Sequence[Draft], workflow: Workflow, person: User, key: str, at: dt.datetime
) -> list[Proposal]:
    """
    Store one proposal for each draft; none of them is ever decided without people.

    `key` with the number of the draft is its idempotency key, so that none is made twice.
    """
    requester = person_requester(person)
    made = []
    definitions = _definitions(drafts, workflow, person, at)
    for number, (draft, definition) in enumerate(zip(drafts, definitions, strict=True)):
        accepted = _accepted(exact_draft(draft)[0], workflow, definition, at)
        own_key, digest = f"{key}-{number}", request_digest(accepted.draft)
        made.append(
            new_proposal(accepted, requester, own_key, digest, at, purpose=Purpose.ROLLBACK)
        )
    by = requester.actor
    insert_many(made, cause=RevisionCause.SUBMITTED, by=by, at=at)
    ledger.append(submitted_entry(proposal, content, by=by, at=at) for proposal, content in made)
    wake_preparation()
    return [proposal for proposal, _ in made]


def _definitions(
    drafts: Sequence[Draft], workflow: Workflow, person: User, at: dt.datetime
) -> list[WorkflowDefinition]:
    """Return what governs each draft; a proposal stands for it until there is one."""
    assert workflow.current_version is not None  # noqa: S101 - it has written something
    asked = {
        Proposal(
            workflow=workflow,
            version=workflow.current_version,
            purpose=Purpose.ROLLBACK,
            barred=[person.username],
        ): draft.as_json()
        for draft in drafts
    }
    found = reversing.definitions_for(asked, at=at)
    return [found[proposal.pk] for proposal in asked]


def _accepted(
    draft: Draft, workflow: Workflow, definition: WorkflowDefinition, at: dt.datetime
) -> Accepted:
    facts = as_facts(
        at=at, mode=workflow.mode, agent=None, grants=None, prepared=False, rollback=True
    )
    version = workflow.current_version
    assert version is not None  # noqa: S101 - it has written something
    return Accepted(
        draft=draft,
        workflow=workflow,
        version=version,
        definition=definition,
        verdict=evaluate(request=request_of(draft), facts=facts, definition=definition),
    )
