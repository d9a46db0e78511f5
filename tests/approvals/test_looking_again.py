"""What an open page asks again: rows that are settled, what came, what is due."""

import datetime as dt

import pytest

from approvals.aftermath import LastVote, Standing, words
from approvals.looking_again import MOST_SHOWN
from orchestrator.live import presence
from orchestrator.people.models import User
from tests.approvals.deciding import SOON, answer, decide, deny, send_back
from tests.factories import AT, create_proposal, create_user, create_workflow, get_user

pytestmark = pytest.mark.req("A1", "A4")
NOW = AT + dt.timedelta(minutes=30)


@pytest.fixture
def proposals(crm, db):
    create_workflow()
    for number in (1, 2, 3):
        crm.add("Opportunity", f"00600000000000{number}AAA", StageName="Prospecting", Amount=1.0)
    return [create_proposal(key=f"key-{number}") for number in (1, 2, 3)]


@pytest.fixture
def ask(client):
    def asking(person, path="/live/inbox/", **query):
        client.force_login(person if isinstance(person, User) else get_user(person))
        answer = client.get(path, query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return asking


class TestInbox:
    def test_says_who_decided_what_the_page_shows(self, proposals, ask):
        create_user(username="bea", full_name="Bea Lind").groups.add(*get_user("ben").groups.all())
        denied, waiting, _ = proposals
        deny(denied, "bea")
        told = ask("ben", shown=f"{denied.pk},{waiting.pk}")
        assert list(told["settled"]) == [denied.pk]
        assert told["settled"][denied.pk].startswith("Denied by Bea Lind ")
        assert told["counts"]["mine"] == "2"

    def test_counts_what_came_and_is_not_shown(self, proposals, ask):
        shown, named, _ = proposals
        told = ask("ben", shown=shown.pk, named=named.pk)
        assert told["new"] == 1
        since = (AT - dt.timedelta(minutes=1)).isoformat()
        assert ask("ben", shown=shown.pk, since=since)["new"] == 2
        assert ask("ben", shown=shown.pk, since=since, risk="high")["new"] == 0
        assert ask("ben", shown=shown.pk, since=since, text="deal")["new"] == 0

    def test_counts_nothing_for_others(self, proposals, ask):
        told = ask("cleo", named=proposals[0].pk)
        assert (told["new"], told["counts"]["mine"]) == (0, "0")

    def test_tells_strangers_nothing_of_what_they_name(self, proposals, ask):
        stranger = create_user(username="stranger")
        deny(proposals[0])
        told = ask(stranger, shown=",".join(each.pk for each in proposals), tab="all")
        assert (told["settled"], told["due"], told["here"], told["new"]) == ({}, {}, {}, 0)

    def test_marks_what_is_late(self, proposals, ask):
        # The page's clock is this machine's: what was due after four hours of that day is over.
        told = ask("ben", shown=proposals[0].pk)
        assert told["due"] == {proposals[0].pk: "late"}

    def test_takes_nonsense_calmly(self, proposals, ask):
        many = ",".join(f"prp_{number}" for number in range(MOST_SHOWN + 50))
        for query in ({"shown": many}, {"since": "x"}, {"tab": "decided"}, {"named": ",,,"}):
            assert ask("ben", **query)["new"] == 0

    def test_costs_a_bounded_number_of_queries(
        self, proposals, client, django_assert_max_num_queries
    ):
        deny(proposals[0])
        client.force_login(get_user("ben"))
        shown = ",".join(each.pk for each in proposals)
        with django_assert_max_num_queries(12):
            client.get("/live/inbox/", {"shown": shown, "named": shown, "since": AT.isoformat()})


class TestProposal:
    def test_says_nothing_new_to_a_page_that_knows(self, proposals, ask):
        path = f"/proposals/{proposals[0].pk}/live/"
        first = ask("ben", path, revision=1)
        assert (first["over"], first["here"]) == (False, [])
        assert ask("ben", path, revision=1)["seen"] == first["seen"]

    def test_says_who_decided_and_that_it_is_over(self, proposals, ask):
        path = f"/proposals/{proposals[0].pk}/live/"
        before = ask("ben", path, revision=1)
        decide(proposals[0])
        after = ask("dora", path, revision=1)
        assert after["seen"] != before["seen"]
        assert after["over"] is True
        assert after["words"].startswith("Approved by Ben ")

    def test_says_that_a_newer_revision_is_here(self, proposals, ask):
        told = ask("ben", f"/proposals/{proposals[0].pk}/live/", revision=0)
        assert (told["over"], told["words"]) == (True, "A new revision is here")

    def test_says_nothing_of_votes_on_an_earlier_revision(self, proposals, ask):
        send_back(proposals[0], "ben")
        answer(proposals[0])
        told = ask("dora", f"/proposals/{proposals[0].pk}/live/", revision=2)
        assert (told["over"], told["words"]) == (False, "Something new was said or done here")

    def test_is_not_there_for_strangers(self, proposals, client):
        client.force_login(create_user(username="stranger"))
        assert client.get(f"/proposals/{proposals[0].pk}/live/").status_code == 404

    def test_names_who_else_looks(self, proposals, ask, monkeypatch):
        def looking(keys, *, but, at):
            assert but == "ben"
            return {key: [presence.Reader("Ana Li", "ana")] for key in keys}

        monkeypatch.setattr("approvals.looking_again.who_looks_at", looking)
        told = ask("ben", f"/proposals/{proposals[0].pk}/live/", revision=1)
        assert told["here"] == ["Ana Li"]


class TestPass:
    def test_names_what_the_person_sees_and_carries(self, proposals, ask):
        told = ask("ben", "/live/")
        assert "deal-hygiene" in told["workflows"]
        assert "deal-desk" in told["roles"]
        assert told["session"] != ""

    def test_is_empty_for_a_stranger(self, proposals, ask):
        told = ask(create_user(username="stranger"), "/live/")
        assert (told["workflows"], told["roles"]) == ([], [])

    def test_is_refused_for_a_proposal_that_the_person_may_not_see(self, proposals, client):
        client.force_login(create_user(username="stranger"))
        assert client.get("/live/", {"proposal": proposals[0].pk}).status_code == 404


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/live/inbox/", {"since": "0001-01-01T00:00:00+00:00"}),
        ("/live/inbox/", {"since": "0001-01-01T00:00:00+14:00"}),
        ("/live/inbox/", {"since": "9999-12-31T23:59:59-14:00"}),
        ("/proposals/{}/live/", {"revision": "9" * 5000}),
        ("/proposals/{}/live/", {"revision": "\u0669"}),
    ],
)
def test_nonsense_in_an_address_is_answered_like_nothing(proposals, ask, path, query):
    assert ask("ben", path.format(proposals[0].pk), **query)


def test_a_stream_for_what_cannot_be_a_proposal_is_refused(proposals, client):
    client.force_login(get_user("ben"))
    assert client.get("/live/", {"proposal": "prp_\x00"}).status_code == 404


def standing(state, vote="", *, preparing=False, person="ana", at=SOON):
    last = LastVote(person=person, name="Ana Li", vote=vote, at=at) if vote else None
    return Standing(state=state, preparing=preparing, last=last)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (standing("approved", "approve"), "Approved by Ana Li just now"),
        (standing("committed", "approve"), "Approved by Ana Li just now"),
        (standing("denied", "deny"), "Denied by Ana Li just now"),
        (standing("denied", "deny", at=AT), "Denied by Ana Li at 10:00 UTC"),
        (standing("revision_requested", "send_back"), "Sent back by Ana Li just now"),
        (standing("denied", "deny", person="ben"), "Denied by you just now"),
        (standing("in_review", "approve"), "Approved by Ana Li just now, and waits for others"),
        (standing("in_review", "approve", person="ben"), "Approved by you just now"),
        (standing("in_review", "approve", preparing=True), "Its records are being read again"),
        (standing("in_review"), "Not with you any more"),
        (standing("approved"), "Approved"),
        (standing("withdrawn"), "Withdrawn"),
        (standing("expired", "approve"), "Expired: nobody decided in time"),
    ],
)
def test_says_in_words_what_became_of_it(given, said):
    assert words(given, reader="ben", at=SOON) == said
