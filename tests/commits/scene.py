"""What the tests of commits share: an approved change, and a worker that drains."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from approvals import preparation
from approvals.content import DraftChange
from approvals.models import Proposal
from orchestrator.commits import engine, settlement
from orchestrator.commits.models import Commit
from orchestrator.connectors.base import RecordKey
from orchestrator.orgs.models import Org
from tests.factories import AT, create_draft, create_proposal, create_workflow
from tests.fake_connector import FakeCrm

ACCOUNT = "001000000000001AAA"
SOON = AT + dt.timedelta(minutes=1)
Clock = Callable[[], dt.datetime]


def opportunity(crm: FakeCrm, number: int = 1, **values: Any) -> RecordKey:
    """Put an opportunity of the first account into the CRM."""
    known = {"Name": f"Deal {number}", "AccountId": ACCOUNT, "StageName": "Prospecting"}
    record_id = f"006{number:012d}"
    return crm.add("Opportunity", record_id, **{**known, "Amount": 1000.0, **values})


def approve(key: RecordKey, *, at: dt.datetime = AT, **fields: Any) -> Proposal:
    """Return an approved proposal to change an opportunity."""
    draft = create_draft(record_id=key.record_id, fields=fields or {"StageName": "Qualification"})
    return create_proposal(state="approved", draft=draft, at=at)


def approve_changes(action: str, *changes: DraftChange) -> Proposal:
    """Return an approved proposal of several changes, or of one that is no update."""
    return create_proposal(state="approved", draft=create_draft(action=action, changes=changes))


def approve_automatically(action: str, *changes: DraftChange) -> Proposal:
    """Return a proposal that policy alone approved, in a workflow in execute mode."""
    create_workflow(mode="execute")
    received = create_proposal(state="received", draft=create_draft(action=action, changes=changes))
    preparation.prepare_due(at=AT)
    return Proposal.objects.get(pk=received.pk, state="approved")


def drain(at: dt.datetime = SOON) -> int:
    """Let one worker commit what is due."""
    return engine.drain(org_id=Org.objects.get().pk, at_clock=lambda: at)


def settle(at: dt.datetime) -> int:
    """Let the sweep settle what is stale."""
    return settlement.settle_stale(at=at)


def commit_of(proposal: Proposal) -> Commit:
    """Return the latest commit of a proposal."""
    return Commit.objects.filter(proposal=proposal).latest("created_at")


def state_of(proposal: Proposal) -> str:
    """Return the proposal's state as it is stored."""
    return Proposal.objects.get(pk=proposal.pk).state
