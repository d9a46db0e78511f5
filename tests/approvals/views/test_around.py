"""What people say beside deciding, and what is around a decision."""

import datetime as dt

import pytest
import time_machine

from approvals.models import Proposal
from audit.models import Entry
from tests.factories import AT, create_draft, create_proposal
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5")]
LATER = AT + dt.timedelta(minutes=30)


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


class TestComments:
    def say(self, client, proposal, text="Ask Mina first.", key="k1"):
        return client.post(
            f"/proposals/{proposal.pk}/comment/", {"text": text, "key": key}, follow=True
        )

    def test_stand_in_the_timeline_and_decide_nothing(self, record, signed_in):
        proposal = create_proposal()

        text = text_of(self.say(signed_in("dora"), proposal))

        assert "said, without deciding Ask Mina first." in text
        assert Proposal.objects.get(pk=proposal.pk).state == "in_review"

    def test_are_said_once_however_often_they_are_sent(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("dora")

        self.say(client, proposal)
        self.say(client, proposal)

        assert Entry.objects.filter(event="proposal.commented").count() == 1

    @pytest.mark.parametrize("text", ["", "  ", "a" * 2001, "a\x00b"])
    def test_need_words_that_can_be_kept(self, record, signed_in, text):
        proposal = create_proposal()

        self.say(signed_in("dora"), proposal, text=text)

        assert not Entry.objects.filter(event="proposal.commented").exists()

    def test_are_for_who_may_see_the_proposal(self, record, signed_in):
        proposal = create_proposal()

        assert self.say(signed_in("eve"), proposal).status_code == 404


class TestWhatIsAroundIt:
    def around(self, client, proposal):
        headers = {"HX-Request": "true", "HX-Target": "related"}
        return text_of(client.get(f"/proposals/{proposal.pk}/related/", headers=headers))

    def test_names_other_open_proposals_and_where_they_clash(self, record, signed_in):
        proposal = create_proposal()
        create_proposal(draft=create_draft(fields={"StageName": "Negotiation"}), key="second")
        create_proposal(draft=create_draft(fields={"NextStep": "Visit"}), key="third")

        text = self.around(signed_in("ben"), proposal)

        assert "writes the same field: StageName" in text
        assert text.count("writes the same field") == 1

    def test_says_what_the_agents_latest_came_to(self, record, signed_in):
        for number, state in enumerate(["approved", "denied", "approved"]):
            create_proposal(state=state, key=f"past-{number}")
        proposal = create_proposal()

        text = self.around(signed_in("ben"), proposal)

        assert "2 of 3 approved, 1 denied" in text

    def test_costs_few_queries_however_much_there_is(
        self, record, signed_in, django_assert_max_num_queries
    ):
        for number in range(8):
            create_proposal(key=f"more-{number}")
        proposal, client = create_proposal(), signed_in("ben")

        with django_assert_max_num_queries(26):
            self.around(client, proposal)

    def test_is_hidden_from_strangers(self, record, signed_in):
        proposal = create_proposal()

        assert signed_in("eve").get(f"/proposals/{proposal.pk}/related/").status_code == 404
