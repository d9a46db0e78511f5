"""The review page: everything that a decision needs, in every state."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import outcomes, preparation
from approvals.content import DraftChange
from approvals.models import Proposal
from orchestrator.kernel.actors import system
from tests.factories import (
    AT,
    OPPORTUNITY,
    create_draft,
    create_proposal,
    get_user,
)
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


def after(move, **words) -> Callable[[], Proposal]:
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
    "in_review": (brought_to("in_review"), "Waits for Deal desk"),
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

    def test_costs_few_queries(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")

        with CaptureQueriesContext(connection) as asked:
            client.get(f"/proposals/{proposal.pk}/")

        statements = [each["sql"] for each in asked.captured_queries]
        assert len(statements) <= MOST_QUERIES, "\n".join(statements)


class TestWhatChanges:
    def test_is_what_we_read_beside_what_the_agent_believed(self, record, signed_in):
        change = DraftChange(
            operation="update",
            object_name="Opportunity",
            record_id=OPPORTUNITY,
            fields={"StageName": "Qualification"},
            expect={"StageName": "Negotiation"},
        )
        proposal = create_proposal(draft=create_draft(changes=[change]))

        text = text_of(signed_in("ben").get(f"/proposals/{proposal.pk}/"))

        assert "StageName Prospecting the agent believed Negotiation Qualification" in text

    def test_says_how_far_numbers_and_dates_move(self, record, signed_in):
        fields = {"Amount": 25000.0, "CloseDate": "2026-11-30"}
        draft = create_draft(action="change_amount", fields=fields)
        proposal = create_proposal(draft=draft)

        text = text_of(signed_in("cleo").get(f"/proposals/{proposal.pk}/"))

        assert "Amount 20,000 25,000+25%" in text
        assert "CloseDate 15 Dec 2026 30 Nov 2026\N{MINUS SIGN}15 days" in text

    def test_is_shown_to_the_character_as_json(self, record, signed_in):
        proposal = create_proposal()

        text = text_of(signed_in("ben").get(f"/proposals/{proposal.pk}/?show=json"))

        assert '"StageName": "Qualification"' in text
        assert f'"proposal": "{proposal.pk}"' in text

    def test_leads_to_the_record_without_asking_the_crm(self, record, crm, signed_in):
        proposal = create_proposal()
        reads = len(crm.reads)

        html = signed_in("ben").get(f"/proposals/{proposal.pk}/").content.decode()

        assert f'href="https://crm.example.com/{OPPORTUNITY}"' in html
        assert len(crm.reads) == reads

    def test_leads_to_the_history_for_who_may_read_the_ledger(self, record, signed_in):
        proposal = create_proposal()
        address = f'href="/records/Opportunity/{OPPORTUNITY}/"'
        without = signed_in("ben").get(f"/proposals/{proposal.pk}/").content.decode()
        get_user("ben").user_permissions.add(Permission.objects.get(codename="view_entry"))

        assert address not in without
        assert address in signed_in("ben").get(f"/proposals/{proposal.pk}/").content.decode()

    def test_has_three_values_after_the_record_moved(self, record, crm, signed_in):
        proposal = committing()
        crm.edit(record, StageName="Proposal")
        moved = {"field": "StageName", "then": "Prospecting", "now": "Proposal", "proposed": "x"}
        found = {"position": 0, "label": "Northwind renewal", "gone": False, "fields": [moved]}
        outcomes.return_to_people(
            proposal_id=proposal.pk,
            conflict={"code": "record_moved", "text": "It moved.", "changes": [found]},
            code="record_moved",
            text="It moved.",
            by=ENGINE,
            at=AT,
        )
        unread = text_of(signed_in("ben").get(f"/proposals/{proposal.pk}/"))
        preparation.prepare_due(limit=5, at=AT)

        text = text_of(signed_in("ben").get(f"/proposals/{proposal.pk}/"))

        assert "Its records are being read again" in unread
        assert "FieldWhen approvedNowProposed" in text
        assert "StageName moved Prospecting Proposal Qualification" in text


@pytest.mark.req("C1")
class TestWhy:
    def test_shows_reason_and_evidence_as_the_agents_claim(self, record, signed_in):
        evidence = {
            "kind": "quote",
            "title": "Order form",
            "href": "https://files.example.com/form.pdf",
            "captured_at": "2026-11-17T16:02:00+00:00",
            "sha256": "9f2c1b7e" * 8,
            "quote": "Twenty-four months.",
            "supports": ["/changes/0/fields/StageName"],
        }
        proposal = create_proposal(draft=create_draft(evidence=[evidence]))

        text = text_of(signed_in("ben").get(f"/proposals/{proposal.pk}/"))

        assert "the agent's claim" in text
        assert "stalled_30d 90% confident No activity for 42 days." in text
        assert "Order form files.example.com captured 17 Nov 2026, 16:02 UTC" in text
        assert "9f2c1b…2c1b7e" in text
        assert "Twenty-four months. supports StageName" in text

    def test_says_why_it_came_to_this_role_and_who_voted(self, record, signed_in):
        proposal = create_proposal(state="approved")

        text = text_of(signed_in("dora").get(f"/proposals/{proposal.pk}/"))

        assert "The action always asks this role. One approval is enough." in text
        assert "Ben Approved" in text
        assert "Because." in text


@pytest.mark.req("A5")
class TestAPageThatWaits:
    def test_asks_again_only_while_something_is_to_happen(self, record, signed_in):
        waiting = create_proposal(state="approved")
        client = signed_in("dora")

        html = client.get(f"/proposals/{waiting.pk}/").content.decode()
        outcomes.mark_committing(proposal_ids=[waiting.pk], at=AT)
        outcomes.mark_committed(proposal_ids=[waiting.pk], at=AT)

        # What the page asks for again is itself; its bell and its cards ask on their own.
        again = f'hx-get="/proposals/{waiting.pk}/?seen='
        assert again in html
        assert 'hx-trigger="every 1s"' in html
        assert again not in client.get(f"/proposals/{waiting.pk}/").content.decode()

    def test_gets_nothing_until_something_happened(self, record, signed_in):
        proposal, client = create_proposal(state="approved"), signed_in("dora")
        seen = client.get(f"/proposals/{proposal.pk}/").context["seen"]
        ask = {"path": f"/proposals/{proposal.pk}/", "query_params": {"seen": seen}}

        before = client.get(**ask, headers={"HX-Request": "true"})
        outcomes.mark_committing(proposal_ids=[proposal.pk], at=AT)
        after_it = client.get(**ask, headers={"HX-Request": "true"})

        assert before.status_code == 204
        assert "Being written" in text_of(after_it)

    def test_tells_a_stranger_nothing(self, record, signed_in):
        proposal = create_proposal(state="approved")

        response = signed_in("eve").get(
            f"/proposals/{proposal.pk}/?seen=x", headers={"HX-Request": "true"}
        )

        assert response.status_code == 404
