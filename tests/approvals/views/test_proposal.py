"""The review page: everything that a decision needs, in every state."""

import datetime as dt

import pytest
import time_machine

from approvals import outcomes
from approvals.models import Proposal
from orchestrator.kernel.actors import system
from tests.factories import AT, create_draft, create_proposal
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5")]
LATER = AT + dt.timedelta(minutes=30)
MOST_QUERIES = 20
ENGINE = system("commit engine")


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(read(response.content.decode()).text().split())


def committing() -> Proposal:
    proposal = create_proposal(state="approved")
    outcomes.mark_committing(proposal_ids=[proposal.pk], at=AT)
    return proposal


def after(move, **words):
    def arrive() -> Proposal:
        proposal = committing()
        move(proposal_ids=[proposal.pk], at=AT, **words)
        return proposal

    return arrive


WORDS = {"code": "timeout", "text": "The CRM did not answer."}


def discarded() -> Proposal:
    proposal = after(outcomes.mark_failed, **WORDS)()
    outcomes.mark_discarded(proposal_id=proposal.pk, reason="No use.", at=AT)
    return proposal


def refused() -> Proposal:
    return create_proposal(state="refused", draft=create_draft(fields={"StageName": "Prospecting"}))


def brought_to(state):
    return lambda: create_proposal(state=state)


STATES = {
    "received": (brought_to("received"), "Being prepared"),
    "in_review": (brought_to("in_review"), "Deal desk decides"),
    "revision_requested": (brought_to("revision_requested"), "Sent back with a question"),
    "approved": (brought_to("approved"), "A worker writes it next"),
    "committing": (committing, "Being written"),
    "committed": (after(outcomes.mark_committed), "Written and read back"),
    "failed": (after(outcomes.mark_failed, **WORDS), "It could not be written"),
    "outcome_unknown": (after(outcomes.mark_unknown, **WORDS), "Nobody knows yet"),
    "refused": (refused, "Policy does not allow it"),
    "denied": (brought_to("denied"), "Denied"),
    "expired": (brought_to("expired"), "it has to be proposed again"),
    "withdrawn": (brought_to("withdrawn"), "Its requester took it back"),
    "discarded": (discarded, "A person gave up the failed write"),
}


class TestEveryState:
    @pytest.mark.parametrize("state", STATES)
    def test_says_where_it_stands_and_what_happens_next(self, state, record, signed_in):
        make, words = STATES[state]
        proposal = make()
        assert Proposal.objects.get(pk=proposal.pk).state == state

        assert words in text_of(signed_in("dora").get(f"/proposals/{proposal.pk}/"))
