"""The inbox: whose it is, what it says, what it costs."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import handover, inbox, preparation, submission
from approvals.content import DraftChange
from approvals.models import Review
from approvals.requesters import agent_requester
from orchestrator.people.models import User
from tests.factories import (
    AT,
    create_agent,
    create_draft,
    create_grant,
    create_granted_agent,
    create_proposal,
    create_workflow,
    get_user,
    vote_on,
)
from tests.fake_connector import FakeCrm
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]
LATER = AT + dt.timedelta(minutes=30)
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(read(response.content.decode()).text().split())


def row_links(response) -> list[str]:
    elements = read(response.content.decode()).elements
    return [found["href"] for _, found in elements if "row-link" in found.get("class", "")]


def submit_many(crm: FakeCrm, count: int) -> None:
    """Put proposals on the deal desk, each due a minute after the one before."""
    flow = create_workflow()
    agent = create_granted_agent(workflow=flow, slug="hygiene-agent")
    for number in range(count):
        at = AT + dt.timedelta(minutes=number % 20)
        key = crm.add("Opportunity", Name=f"Deal {number:03}", StageName="Prospecting", Amount=1.0)
        submission.submit(
            draft=create_draft(record_id=key.record_id),
            requester=agent_requester(agent),
            idempotency_key=f"deal-{number}",
            at=at,
        )
    preparation.prepare_due(limit=count, at=AT + dt.timedelta(minutes=20))


class TestARow:
    def test_says_what_changes_how_sure_the_agent_is_and_until_when(self, record, signed_in):
        create_proposal()

        text = text_of(signed_in("ben").get("/"))

        assert "Northwind renewal" in text
        assert "Opportunity · StageName" in text
        assert "Prospecting→Qualification" in text
        assert "90%" in text
        assert "3 h 30 min left" in text

    def test_warns_of_what_must_not_be_missed(self, record, signed_in):
        create_proposal(draft=create_draft(action="change_amount", fields={"Amount": 21000.0}))

        assert "Human-only action" in text_of(signed_in("cleo").get("/"))

    def test_warns_of_hidden_characters(self, record, signed_in):
        create_proposal(draft=create_draft(fields={"NextStep": "pay \u202e001"}))

        assert "Hidden characters" in text_of(signed_in("ben").get("/"))

    def test_says_that_a_record_goes_and_that_one_comes(self, crm, signed_in):
        key = crm.add("Account", Name="Halden", Phone="1")
        gone = DraftChange(operation="delete", object_name="Account", record_id=key.record_id)
        come = DraftChange(operation="create", object_name="Lead", fields={"Name": "Priya"})
        create_proposal(draft=create_draft(action="fix_accounts", changes=[gone]))
        create_proposal(draft=create_draft(action="enrich_lead", changes=[come]))

        assert "Deletes a record" in text_of(signed_in("ben").get("/"))
        assert "New Lead" in text_of(signed_in("dora").get("/"))

    def test_leads_to_the_review(self, record, signed_in):
        proposal = create_proposal()

        assert row_links(signed_in("ben").get("/")) == [f"/proposals/{proposal.pk}/"]


class TestTabs:
    def test_mine_leaves_out_what_i_may_not_decide(self, record, signed_in):
        create_proposal()

        assert row_links(signed_in("ben").get("/"))
        assert row_links(signed_in("cleo").get("/")) == []
        assert row_links(signed_in("eve").get("/")) == []

    def test_team_keeps_what_a_colleague_was_handed(self, record, signed_in):
        proposal = create_proposal()
        finn = get_user("finn")
        finn.groups.add(Review.objects.get(proposal=proposal).role.group)
        handover.reassign(
            proposal_id=proposal.pk,
            person=get_user("ben"),
            to_role=None,
            to_person=finn,
            reason="Away.",
            at=AT,
        )

        assert row_links(signed_in("ben").get("/")) == []
        assert "for Finn" in text_of(signed_in("ben").get("/?tab=team"))
        assert row_links(signed_in("finn").get("/"))

    def test_decided_says_how_it_ended(self, record, signed_in):
        create_proposal(state="denied")

        text = text_of(signed_in("dora").get("/?tab=decided"))

        assert "Northwind renewal" in text
        assert "Denied" in text

    def test_an_unknown_tab_is_the_first_one(self, record, signed_in):
        create_proposal()

        assert row_links(signed_in("ben").get("/?tab=nonsense&after=x&risk=y"))


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("text=northwind", 1),
            ("text=Renewal", 1),
            ("text=kestrel", 0),
            ("risk=low", 1),
            ("risk=high", 0),
            ("agent=hygiene-agent", 1),
            ("agent=other-agent", 0),
            ("workflow=deal-hygiene", 1),
            ("workflow=elsewhere", 0),
        ],
    )
    def test_narrow_the_list(self, query, count, record, signed_in):
        create_proposal()

        assert len(row_links(signed_in("ben").get(f"/?{query}"))) == count

    def test_stay_in_the_address_of_the_tabs_and_in_the_form(self, record, signed_in):
        create_proposal()

        html = signed_in("ben").get("/?text=north&risk=low").content.decode()

        assert 'href="?tab=team&amp;risk=low&amp;text=north"' in html
        assert 'value="north"' in html
        assert '<option value="low" selected>' in html

    def test_find_the_title_that_the_agent_gave(self, record, signed_in):
        create_proposal(draft=create_draft(title="Tidy the quarter"))

        assert row_links(signed_in("ben").get("/?text=quarter"))


class TestFigures:
    def test_count_what_waits_what_is_late_and_what_was_decided_today(self, crm, signed_in):
        submit_many(crm, 3)
        vote_on(proposal=Review.objects.order_by("due_at")[0].proposal, at=LATER)

        with time_machine.travel(AT + dt.timedelta(hours=4, minutes=1, seconds=30), tick=False):
            response = signed_in("ben").get("/")

        counts = response.context["counts"]
        assert (counts.mine, counts.overdue) == (2, 1)
        assert response.context["decided_today"] == 1
        assert "overdue under 1 min" in text_of(response)

    def test_today_begins_at_midnight_where_the_person_is(self, record, signed_in):
        create_proposal(state="approved", at=AT)
        with time_machine.travel(AT + dt.timedelta(hours=15), tick=False):
            utc = signed_in("ben").get("/").context["decided_today"]
            User.objects.filter(username="ben").update(time_zone="America/New_York")
            new_york = signed_in("ben").get("/").context["decided_today"]
            User.objects.filter(username="ben").update(time_zone="Nowhere/Land")
            nowhere = signed_in("ben").get("/").context["decided_today"]

        assert (utc, new_york, nowhere) == (0, 1, 0)


class TestEmptyStates:
    @pytest.mark.parametrize(
        ("person", "query", "words"),
        [
            ("ben", "", "Nothing waits for you"),
            ("eve", "", "You carry no role yet"),
            ("ben", "?tab=team", "Nothing waits for your roles"),
            ("ben", "?tab=all", "Nothing is open"),
            ("ben", "?tab=decided", "Nothing has been decided yet"),
            ("ben", "?text=x", "Nothing fits these filters"),
        ],
    )
    def test_say_what_to_do_next(self, person, query, words, crm, signed_in):
        create_workflow()

        assert words in text_of(signed_in(person).get(f"/{query}"))


class TestPages:
    def test_follow_one_another_without_a_gap_or_a_repeat(self, crm, signed_in, monkeypatch):
        monkeypatch.setattr(inbox.page, "__kwdefaults__", {**inbox.page.__kwdefaults__, "size": 2})
        submit_many(crm, 5)
        seen, address, client = [], "/", signed_in("ben")

        while address:
            response = client.get(address)
            seen += row_links(response)
            address = response.context["next_href"] and f"/{response.context['next_href']}"

        assert len(seen) == len(set(seen)) == 5
        assert response.context["first_href"] == "/"


class TestReviewing:
    def test_starts_with_what_is_due_first(self, crm, signed_in):
        submit_many(crm, 2)
        first = Review.objects.order_by("due_at")[0]

        response = signed_in("ben").get("/next/")

        assert response["Location"] == f"/proposals/{first.proposal_id}/?next=1"

    def test_goes_on_after_what_was_skipped(self, crm, signed_in):
        submit_many(crm, 2)
        first, second = Review.objects.order_by("due_at")

        response = signed_in("ben").get("/next/", {"after": inbox.key_of(first)})

        assert response["Location"] == f"/proposals/{second.proposal_id}/?next=1"

    def test_ends_in_the_inbox(self, crm, signed_in):
        create_workflow()

        response = signed_in("ben").get("/next/", follow=True)

        assert "You are through" in text_of(response)


class TestCosts:
    @pytest.mark.parametrize("query", ["", "?tab=team", "?tab=all", "?tab=decided", "?text=deal"])
    def test_a_page_takes_few_queries_however_much_waits(self, query, crm, signed_in):
        submit_many(crm, 60)
        client = signed_in("ben")
        with CaptureQueriesContext(connection) as few:
            response = client.get(f"/{query}")

        statements = [each["sql"] for each in few.captured_queries]
        assert response.status_code == 200
        assert len(statements) <= MOST_QUERIES, "\n".join(statements)
        assert not [each for each in statements if "COUNT(" in each.upper()]


class TestNobody:
    def test_who_has_not_signed_in_is_sent_to_the_sign_in_page(self, db, client):
        assert client.get("/")["Location"] == "/sign-in/?next=/"

    def test_looking_changes_nothing_and_posting_is_refused(self, crm, signed_in):
        create_workflow()

        assert signed_in("ben").post("/").status_code == 405
        assert signed_in("ben").post("/next/").status_code == 405


class TestOtherPeoplesAgents:
    def test_the_owner_of_the_agent_does_not_find_its_proposals_in_mine(self, record, signed_in):
        flow = create_workflow()
        agent = create_agent(owner=get_user("ben"))
        create_grant(agent=agent, workflow=flow)
        create_proposal(agent=agent, workflow=flow)

        assert row_links(signed_in("ben").get("/")) == []
