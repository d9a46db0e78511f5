"""What fits on the screen of somebody who is called, and that nothing is approved unseen."""

import pytest

from approvals import paged
from approvals.detail import detail
from approvals.models import Proposal
from tests.factories import AT, EVIDENCE, create_draft, create_proposal, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]


def screen_of(proposal: Proposal) -> paged.Screen:
    return paged.screen(detail(proposal_id=proposal.pk, person=get_user("ben"), at=AT))


class TestScreen:
    def test_shows_a_small_change_whole(self, proposal):
        screen = screen_of(proposal)

        assert screen.is_everything
        assert [(field.name, field.old, field.new) for field in screen.fields] == [
            ("StageName", "Prospecting", "Qualification")
        ]
        assert (screen.reason_code, screen.reason) == ("stalled_30d", "No activity for 42 days.")
        assert [item.title for item in screen.evidence] == ["Call notes"]

    @pytest.mark.parametrize(
        ("draft", "words"),
        [
            ({"reason_text": "Because. " * 40}, "the reason is too long for this screen"),
            ({"fields": {"NextStep": "x" * 81}}, "a text is too long for this screen"),
            ({"fields": {"NextStep": "Call\nthem"}}, "a text is too long for this screen"),
            ({"evidence": EVIDENCE * 3}, "there are 3 pieces of evidence"),
            (
                {"evidence": [{"kind": "quote", "title": "Call", "quote": "Not this year."}]},
                "the evidence has more to read",
            ),
            ({"title": "A long story " * 8}, "its title is too long for this screen"),
        ],
    )
    def test_says_what_it_leaves_out(self, crm, record, draft, words):
        screen = screen_of(create_proposal(draft=create_draft(**draft)))

        assert words in screen.left_out
        assert not screen.is_everything

    def test_leaves_out_more_than_four_fields_and_counts_them(self, crm, record):
        proposal = create_proposal()
        found = detail(proposal_id=proposal.pk, person=get_user("ben"), at=AT)
        change = found.changes[0]
        change.fields = {f"Field{number}": str(number) for number in range(7)}
        change.base = {f"Field{number}": "" for number in range(7)}

        screen = paged.screen(found)

        assert (len(screen.fields), screen.more_fields) == (4, 3)
        assert "it changes 7 fields" in screen.left_out

    def test_never_takes_a_high_risk_for_small(self, proposal):
        Proposal.objects.filter(pk=proposal.pk).update(risk="high")

        assert screen_of(proposal).left_out == ["the risk is high"]

    def test_never_takes_another_belief_of_the_agent_for_small(self, crm, record):
        proposal = create_proposal()
        found = detail(proposal_id=proposal.pk, person=get_user("ben"), at=AT)
        found.changes[0].expect = {"StageName": "Closed Won"}

        assert "the agent believed other values to be there" in paged.screen(found).left_out
