"""How the tests prepare, and what they ask for."""

import datetime as dt

from approvals import preparation, submission
from approvals.content import DraftChange
from audit.models import Entry
from orchestrator.kernel.actors import Actor, ActorKind
from tests.factories import (
    AT,
    create_draft,
    create_proposal,
)

LEAD = "00Q000000000001AAA"
LATER = AT + dt.timedelta(minutes=10)


def prepare(at=AT):
    return preparation.prepare_due(at=at)


def received(**changes):
    return create_proposal(state="received", draft=create_draft(**changes))


def events(proposal):
    return list(
        Entry.objects.filter(proposal_id=proposal.pk).order_by("pk").values_list("event", flat=True)
    )


def wish(**more):
    return DraftChange(
        operation="update",
        object_name="Opportunity",
        record_id="006000000000001AAA",
        fields={"StageName": "Qualification"},
        **more,
    )


def lead_draft(**fields):
    return create_draft(
        action="enrich_lead",
        object_name="Lead",
        record_id=LEAD,
        fields=fields or {"Website": "https://ada.example"},
    )


def answer(proposal, draft, at=LATER):
    by = Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label)
    submission.submit_revision(proposal=proposal, draft=draft, answer="Yes.", by=by, at=at)
