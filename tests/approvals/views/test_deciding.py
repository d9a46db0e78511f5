"""Deciding from the page: what counts, what is refused, and that nothing typed is lost."""

import datetime as dt

import pytest
import time_machine

from approvals import submission
from approvals.models import Decision, Proposal
from orchestrator.kernel.actors import Actor, ActorKind
from tests.factories import AT, create_draft, create_proposal, vote_on
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "A5")]
LATER = AT + dt.timedelta(minutes=30)


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


def text_of(response) -> str:
    return " ".join(read(response.content.decode()).text().split())


def ballot(proposal: Proposal, vote: str, **more: str) -> dict[str, str]:
    return {"digest": proposal.digest, "vote": vote, "reason_code": "", "text": "", **more}


def state_of(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


def decide(client, proposal: Proposal, vote: str, **more: str):
    return client.post(f"/proposals/{proposal.pk}/decide/", ballot(proposal, vote, **more))


def revise(proposal: Proposal) -> None:
    """Hand in another content, as the agent would while somebody reads the page."""
    submission.submit_revision(
        proposal=proposal,
        draft=create_draft(fields={"StageName": "Proposal"}),
        answer="",
        by=Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label),
        at=AT,
    )


class TestApprove:
    def test_needs_one_click_and_says_that_it_counted(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")

        response = decide(client, proposal, "approve")

        assert response["Location"] == f"/proposals/{proposal.pk}/"
        assert state_of(proposal) == "approved"
        assert "You approved it." in text_of(client.get(response["Location"]))

    def test_goes_on_to_the_next_when_reviewing_one_after_the_other(self, record, crm, signed_in):
        first = create_proposal()
        other = crm.add("Opportunity", Name="Kestrel", StageName="Prospecting", Amount=1.0)
        second = create_proposal(
            draft=create_draft(record_id=other.record_id), at=AT + dt.timedelta(minutes=5)
        )
        client = signed_in("ben")

        response = client.post(
            f"/proposals/{first.pk}/decide/", ballot(first, "approve", next="1"), follow=True
        )

        assert response.redirect_chain[-1][0] == f"/proposals/{second.pk}/?next=2"
        assert "You approved it." in text_of(response)

    def test_says_when_others_have_to_approve_too(self, record, crm, signed_in):
        crm.edit(record, Amount=90000.0)
        proposal, client = create_proposal(), signed_in("ben")

        decide(client, proposal, "approve")

        assert state_of(proposal) == "in_review"
        assert "Others have to approve it too" in text_of(client.get(f"/proposals/{proposal.pk}/"))

    def test_asks_for_words_where_the_action_is_for_people_alone(self, record, signed_in):
        draft = create_draft(action="change_amount", fields={"Amount": 21000.0})
        proposal, client = create_proposal(draft=draft), signed_in("cleo")

        refused = decide(client, proposal, "approve")
        assert refused.status_code == 422
        assert "text_needed" in text_of(refused)

        decide(client, proposal, "approve", text="I spoke to the buyer.")
        assert state_of(proposal) == "approved"


class TestWhatYouSawIsWhatYouDecide:
    def test_a_vote_on_an_earlier_revision_is_refused_and_keeps_what_was_typed(
        self, record, signed_in
    ):
        proposal, client = create_proposal(), signed_in("ben")
        revise(proposal)

        response = decide(
            client, proposal, "deny", reason_code="bad_timing", text="Not before the board meets."
        )

        assert response.status_code == 409
        assert "not_what_you_saw" in text_of(response)
        assert "Not before the board meets." in text_of(response)
        assert not Decision.objects.exists()

    def test_the_page_that_refuses_carries_the_digest_of_what_it_now_shows(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")

        response = client.post(
            f"/proposals/{proposal.pk}/decide/",
            {
                **ballot(proposal, "deny", text="Too early.", reason_code="bad_timing"),
                "digest": "x",
            },
        )
        html = response.content.decode()

        assert response.status_code == 409
        assert f'name="digest" value="{proposal.digest}"' in html
        assert '<option value="bad_timing" selected>' in html
        assert ">Too early.</textarea>" in html
        assert state_of(proposal) == "in_review"

    def test_the_second_of_two_learns_who_was_faster(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("dora")
        vote_on(proposal=proposal, at=LATER)

        response = decide(client, proposal, "deny", reason_code="other", text="My careful words.")

        assert response.status_code == 409
        assert "already_decided" in text_of(response)
        assert "Ben decided at 10:30" in text_of(response)
        assert "My careful words." in text_of(response)
        assert state_of(proposal) == "approved"


class TestDenyAndSendBack:
    def test_a_denial_reaches_the_proposal_with_its_reason(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")

        decide(client, proposal, "deny", reason_code="wrong_value", text="It is 30,000.")

        stored = Proposal.objects.get(pk=proposal.pk)
        assert (stored.state, stored.outcome_code, stored.outcome_text) == (
            "denied",
            "wrong_value",
            "It is 30,000.",
        )
        assert "It is 30,000." in text_of(client.get(f"/proposals/{proposal.pk}/"))

    @pytest.mark.parametrize(
        ("vote", "words", "code"),
        [
            ("deny", {"reason_code": "other"}, "text_needed"),
            ("deny", {"text": "No."}, "reason_needed"),
            ("deny", {"text": "No.", "reason_code": "because"}, "reason_needed"),
            ("send_back", {}, "text_needed"),
            ("deny", {"text": "x" * 5001, "reason_code": "other"}, "bad_decision"),
            ("shrug", {"text": "Hm."}, "bad_form"),
        ],
    )
    def test_what_lacks_words_is_refused_and_says_what_is_missing(
        self, vote, words, code, record, signed_in
    ):
        proposal = create_proposal()

        response = decide(signed_in("ben"), proposal, vote, **words)

        assert response.status_code == 422
        assert f"Code: {code}" in text_of(response)
        assert state_of(proposal) == "in_review"

    def test_a_question_is_shown_until_it_is_answered(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")

        decide(client, proposal, "send_back", text="Who said so?")
        text = text_of(client.get(f"/proposals/{proposal.pk}/"))

        assert state_of(proposal) == "revision_requested"
        assert "Who said so?" in text
        assert "No answer yet." in text


class TestWhoMayNot:
    def test_a_stranger_finds_nothing_there(self, record, signed_in):
        proposal = create_proposal()
        stranger = signed_in("eve")

        assert stranger.get(f"/proposals/{proposal.pk}/").status_code == 404
        assert decide(stranger, proposal, "approve").status_code == 404
        for what in ("reassign", "withdraw"):
            assert stranger.post(f"/proposals/{proposal.pk}/{what}/", {}).status_code == 404
        assert state_of(proposal) == "in_review"

    def test_the_owner_of_the_agent_reads_why_not_and_is_refused(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("ada")

        page = client.get(f"/proposals/{proposal.pk}/")
        response = decide(client, proposal, "approve")

        assert "somebody else decides" in text_of(page)
        assert 'value="approve"' not in page.content.decode()
        assert response.status_code == 403
        assert "own_proposal" in text_of(response)

    def test_a_number_that_nobody_has_is_not_found(self, record, signed_in):
        create_proposal()

        assert signed_in("ben").get("/proposals/prp_nothing/").status_code == 404

    def test_looking_decides_nothing(self, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")

        for what in ("decide", "reassign", "withdraw"):
            assert client.get(f"/proposals/{proposal.pk}/{what}/").status_code == 405
        assert state_of(proposal) == "in_review"
