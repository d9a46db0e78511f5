"""Narrowing the inbox, keeping what it shows, and going through it."""

import datetime as dt

import pytest
import time_machine

from approvals import inbox, sources
from approvals.models import Proposal, Review, SavedView
from approvals.views import inbox_page
from tests.factories import (
    AT,
    create_draft,
    create_proposal,
    create_role,
    create_workflow,
    get_user,
)
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]
LATER = AT + dt.timedelta(minutes=30)


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def deals(crm):
    """Return three proposals for the deal desk, one a minute."""
    create_workflow()
    made = []
    for number in range(3):
        key = crm.add("Opportunity", Name=f"Deal {number}", StageName="Prospecting", Amount=1.0)
        at = AT + dt.timedelta(minutes=number)
        made.append(create_proposal(draft=create_draft(record_id=key.record_id), at=at))
    return made


def shown(client, query):
    response = client.get(f"/{query}")
    assert response.status_code == 200
    found = read(response.content.decode()).elements
    return len([1 for _, each in found if "row-link" in each.get("class", "")])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?action=change_stage", 3),
        ("?action=other", 0),
        ("?object=Opportunity&operation=update", 3),
        ("?operation=delete", 0),
        ("?below=95", 3),
        ("?below=50", 0),
        ("?age=1h", 0),
        ("?due=overdue", 0),
        ("?due=today", 3),
        ("?grouped=1", 1),
        ("?below=x&due=soon&age=-1&risk=9&object=a%20b&group=zz&grouped=no&after=%00~", 3),
    ],
)
def test_every_filter_narrows_and_nonsense_does_not(query, count, deals, signed_in):
    assert shown(signed_in("ben"), query) == count


def test_due_and_age_follow_the_clock(deals, signed_in):
    with time_machine.travel(AT + dt.timedelta(hours=4, minutes=1, seconds=30), tick=False):
        client = signed_in("ben")
        assert shown(client, "?due=overdue") == 2
        assert shown(client, "?due=hour") == 3
        assert shown(client, "?age=4h") == 2


def test_each_filter_is_a_chip_that_takes_it_away(deals, signed_in):
    html = signed_in("ben").get("/?tab=team&risk=low&below=95").content.decode()

    assert 'href="?tab=team&amp;below=95" aria-label="Remove filter: low risk"' in html
    assert 'href="?tab=team&amp;risk=low" aria-label="Remove filter: confidence below 95 %"' in html
    assert 'href="?tab=team">' in html


def test_a_group_opens_into_its_lines_and_is_decided_as_a_whole(deals, signed_in):
    key = Proposal.objects.get(pk=deals[0].pk).group_key
    client = signed_in("ben")

    assert f'href="?group={key}"' in client.get("/?grouped=1").content.decode()
    html = client.get(f"/?group={key}").content.decode()
    assert f'name="group" value="{key}"' in html
    assert "Approve all…" in html


def test_my_requests_are_those_that_i_asked_for(deals, signed_in):
    mine = deals[1].pk
    Proposal.objects.filter(pk=mine).update(requester_kind="person", requester_id="ben")

    assert shown(signed_in("ben"), "?tab=requests") == 1
    assert shown(signed_in("cleo"), "?tab=requests") == 0


def test_a_view_is_saved_shown_first_and_left_by_its_tab(deals, signed_in):
    client = signed_in("ben")
    saved = {"name": "Low", "query": "risk=low", "is_default": "1"}

    assert client.post("/views/save/", saved)["Location"] == "/?risk=low"
    assert client.get("/")["Location"] == "/?risk=low"
    assert 'aria-current="true"' in client.get("/?risk=low").content.decode()
    assert shown(client, "?tab=mine") == 3


def test_a_view_that_cannot_be_saved_is_not_lost(deals, signed_in):
    response = signed_in("ben").post("/views/save/", {"name": " ", "query": "risk=low"})

    assert response.status_code == 422
    assert 'name="query" value="risk=low"' in response.content.decode()


def test_views_are_changed_and_removed_on_their_page(deals, signed_in):
    create_role(slug="deal-desk", members=[get_user("ben")])
    client = signed_in("ben")
    client.post("/views/save/", {"name": "Low", "query": "risk=low"})
    view = SavedView.objects.get()

    client.post(f"/views/{view.pk}/change/", {"name": "Small", "share_with": "deal-desk"})
    view.refresh_from_db()
    assert (view.name, view.shared_with.slug) == ("Small", "deal-desk")
    assert signed_in("eve").post(f"/views/{view.pk}/remove/").status_code == 404
    signed_in("ben").post(f"/views/{view.pk}/remove/")
    assert not SavedView.objects.exists()


class TestRounds:
    def test_say_which_item_it_is_and_keep_the_list(self, deals, signed_in):
        client = signed_in("ben")
        first = client.get("/next/", {"list": "risk=low"})["Location"]
        assert first == f"/proposals/{deals[0].pk}/?next=1&list=risk%3Dlow"

        html = client.get(first).content.decode()

        assert 'name="list" value="risk=low"' in html
        assert "Item <strong>1</strong> of your list" in html

    def test_count_what_is_left_and_what_was_skipped(self, deals, signed_in):
        client = signed_in("ben")
        place = inbox.key_of(Review.objects.get(proposal=deals[0]))
        second = client.get("/next/", {"after": place, "next": "2", "skipped": "1"})["Location"]

        html = " ".join(read(client.get(second).content.decode()).text().split())

        assert second == f"/proposals/{deals[1].pk}/?next=2&skipped=1"
        assert "2 of 3" in html
        assert "3 left, 1 skipped" in html

    def test_go_on_with_the_next_item_after_a_decision(self, deals, signed_in):
        sent = {"vote": "approve", "digest": deals[0].digest, "next": "1", "list": "risk=low"}

        response = signed_in("ben").post(f"/proposals/{deals[0].pk}/decide/", sent)

        assert "next=2&list=risk%3Dlow" in response["Location"]

    def test_a_long_list_in_which_nothing_fits_is_not_read_to_its_end(
        self, deals, signed_in, monkeypatch
    ):
        monkeypatch.setattr(inbox, "WIDE", 1)
        monkeypatch.setattr(sources, "LEAST_DEPTH", 1)
        monkeypatch.setattr(inbox_page, "MOST_LOOKS", 2)
        client = signed_in("ben")

        place = client.get("/next/", {"list": "risk=high"})["Location"]

        assert place.startswith("/?risk=high&after=")
        assert client.get("/next/", {"list": "risk=high"}, headers={"X-Ahead": "1"}).content == b""

    def test_what_is_asked_in_advance_says_nothing_at_the_end(self, deals, signed_in):
        client = signed_in("ben")

        ahead = client.get("/next/", {"list": "risk=high"}, headers={"X-Ahead": "1"})

        assert ahead.status_code == 204
        assert client.get("/next/", {"list": "risk=high"})["Location"] == "/?risk=high"
