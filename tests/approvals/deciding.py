"""How the tests vote and answer."""

import datetime as dt

from approvals import decisions, preparation, submission
from approvals.content import DraftChange
from approvals.models import Proposal
from audit.models import Entry
from orchestrator.kernel.actors import Actor, ActorKind
from tests.factories import (
    AT,
    create_draft,
    get_user,
)

SOON = AT + dt.timedelta(minutes=5)
ACCOUNT = "001000000000009AAA"


def account_draft():
    change = DraftChange(
        operation="update", object_name="Account", record_id=ACCOUNT, fields={"Phone": "2"}
    )
    return create_draft(action="fix_accounts", changes=[change])


def decide(proposal, person="ben", vote="approve", *, at=SOON, digest="", code="", text=""):
    return decisions.decide(
        proposal_id=proposal.pk,
        person=get_user(person) if isinstance(person, str) else person,
        vote=vote,
        digest=digest or proposal.digest,
        reason_code=code,
        text=text,
        at=at,
        authenticated_at=at,
    )


def deny(proposal, person="ben", text="The stage is right as it is.", **more):
    return decide(proposal, person, "deny", code="wrong_value", text=text, **more)


def send_back(proposal, person="ben", text="Which call do you mean?", **more):
    return decide(proposal, person, "send_back", text=text, **more)


def answer(proposal, draft=None, *, text="The one of Monday.", at=SOON):
    by = Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label)
    taken = submission.submit_revision(
        proposal=proposal, draft=draft or create_draft(), answer=text, by=by, at=at
    )
    preparation.prepare_due(at=at)
    return Proposal.objects.get(pk=taken.proposal.pk)


def events(proposal):
    return list(
        Entry.objects.filter(proposal_id=proposal.pk).order_by("pk").values_list("event", flat=True)
    )
