"""What the tests of reconciliation share: something committed, and a run over it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from approvals.content import DraftChange
from approvals.models import Proposal
from orchestrator.commits.models import Commit
from orchestrator.connectors.base import RecordKey
from orchestrator.orgs.models import Org
from orchestrator.reconciliation import running, schedule
from orchestrator.reconciliation.models import Finding, Reconciliation
from tests.commits.scene import approve, approve_automatically, approve_changes, drain, opportunity
from tests.factories import SETUP
from tests.fake_connector import FakeCrm
from tests.registry_factories import AT

LATER = AT + dt.timedelta(hours=2)


def committed(crm: FakeCrm, number: int = 1, **fields: Any) -> RecordKey:
    """Write some fields of an opportunity through a proposal; return the record."""
    key = opportunity(crm, number)
    approve(key, **fields)
    drain()
    return key


def created(crm: FakeCrm, **fields: object) -> RecordKey:
    """Create a lead through a proposal; return the record."""
    approve_automatically(
        "enrich_lead",
        DraftChange(operation="create", object_name="Lead", fields=fields or {"Name": "Ann"}),
    )
    drain()
    return RecordKey("Lead", Commit.objects.latest("created_at").written_ids[0])


def deleted(crm: FakeCrm) -> RecordKey:
    """Delete an account through a proposal; return the record."""
    key = crm.add("Account", "001000000000009AAA", Name="Old firm", Phone="1")
    change = DraftChange(operation="delete", object_name="Account", record_id=key.record_id)
    approve_changes("fix_accounts", change)
    drain()
    return key


def at_clock(at: dt.datetime = LATER) -> Callable[[], dt.datetime]:
    """Return a clock that stands still."""
    return lambda: at


def reconcile(at: dt.datetime = LATER) -> Reconciliation:
    """Run once over the only org, and return the run as it is stored."""
    run = schedule.start(org=Org.objects.get(), by=SETUP, at=at)
    running.advance_due(at_clock=at_clock(at))
    return Reconciliation.objects.get(pk=run.pk)


def only_finding() -> Finding:
    """Return the one finding that there is."""
    return Finding.objects.get()


def latest_proposal() -> Proposal:
    """Return the proposal that was made last."""
    return Proposal.objects.latest("created_at", "pk")
