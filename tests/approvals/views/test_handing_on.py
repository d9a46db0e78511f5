"""Handing a review on and withdrawing a proposal, from the page."""

import datetime as dt

import pytest
import time_machine

from approvals.models import Proposal, Review
from tests.approvals.away import leave
from tests.factories import AT, create_proposal, create_role, get_user
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]
LATER = AT + dt.timedelta(minutes=30)


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


def text_of(response) -> str:
    return " ".join(read(response.content.decode()).text().split())


def state_of(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


class TestHandOn:
    def test_gives_the_review_to_another_role(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")

        client.post(
            f"/proposals/{proposal.pk}/reassign/", {"to": "role:ae-manager", "text": "Their deal."}
        )

        assert Review.objects.get(proposal=proposal, state="open").role.slug == "ae-manager"
        assert "Handed to Ae manager." in text_of(client.get("/"))

    @pytest.mark.parametrize(
        ("to", "text", "code"),
        [
            ("role:ae-manager", "", "bad_reassignment"),
            ("role:nobody", "Go.", "bad_form"),
            ("person:ada", "Your agent.", "bad_reassignment"),
            ("person:eve", "Help.", "bad_reassignment"),
            ("somewhere", "Go.", "bad_form"),
            ("", "Go.", "bad_form"),
        ],
    )
    def test_refuses_who_could_not_decide_and_keeps_the_words(
        self, to, text, code, record, signed_in
    ):
        proposal = create_proposal()

        response = signed_in("ben").post(
            f"/proposals/{proposal.pk}/reassign/", {"to": to, "text": text}
        )

        assert response.status_code == 422
        assert f"Code: {code}" in text_of(response)
        assert f">{text}</textarea>" in response.content.decode()

    def test_offers_only_who_may_decide(self, record, signed_in):
        finn, proposal = get_user("finn"), create_proposal()
        finn.groups.add(Review.objects.get(proposal=proposal).role.group)

        html = signed_in("ben").get(f"/proposals/{proposal.pk}/").content.decode()

        assert 'value="person:finn"' in html
        assert 'value="role:ops-owner"' in html
        assert 'value="person:ada"' not in html
        assert 'value="person:eve"' not in html
        assert 'value="person:ben"' not in html


class TestWithdraw:
    def test_is_for_the_person_who_answers_for_the_agent(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("ada")

        client.post(f"/proposals/{proposal.pk}/withdraw/", {"text": "Tested by mistake."})

        assert state_of(proposal) == "withdrawn"
        assert "Tested by mistake." in text_of(client.get(f"/proposals/{proposal.pk}/"))

    def test_is_not_offered_to_others_and_refused(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")

        assert "/withdraw/" not in client.get(f"/proposals/{proposal.pk}/").content.decode()
        response = client.post(f"/proposals/{proposal.pk}/withdraw/", {"text": ""})
        assert response.status_code == 403
        assert state_of(proposal) == "in_review"

    def test_comes_too_late_once_it_was_denied(self, record, signed_in):
        proposal = create_proposal(state="denied")

        response = signed_in("ada").post(f"/proposals/{proposal.pk}/withdraw/", {"text": ""})

        assert response.status_code == 409
        assert "not_withdrawable" in text_of(response)


class TestHandOnToSomebodyAway:
    def test_says_so_and_offers_who_stands_in(self, record, signed_in):
        create_role(slug="ae-manager", members=[get_user("cal")])
        proposal, client = create_proposal(), signed_in("ben")
        leave("cleo", "cal")

        page = text_of(client.get(f"/proposals/{proposal.pk}/"))
        answer = client.post(
            f"/proposals/{proposal.pk}/reassign/", {"to": "person:cleo", "text": "Their deal."}
        )

        assert "Cleo (out of office)" in page
        assert answer.status_code == 409
        assert "Cal stands in" in text_of(answer)
        assert '<option value="person:cal" selected>' in answer.content.decode()
        assert Review.objects.get().assignee is None
