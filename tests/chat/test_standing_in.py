"""Deciding in Slack for somebody who is away: by the place that the card names, or not at all."""

import pytest

from approvals.models import Decision, Proposal
from orchestrator.chat.models import Card
from tests.approvals.away import leave
from tests.chat.fake_slack import pressed, send
from tests.chat.test_chat import SOON, link, now, proposal, run, slack, somebody_who_may
from tests.factories import get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2", "A4")]
__all__ = ["now", "proposal", "slack"]


class TestSomebodyWhoStandsIn:
    @pytest.fixture
    def away(self, slack, proposal) -> str:
        name = somebody_who_may(proposal)
        leave(name, "eve")
        link("eve")
        return name

    def press(self, client, slack):
        return send(client, "actions", pressed(slack.button()), now=SOON.timestamp())

    def test_decides_in_the_place_that_the_card_names(self, client, slack, proposal, away):
        run()
        [card] = slack.called("chat.postMessage")
        assert f"in the place of {get_user(away).display_name}" in str(card["blocks"])

        assert self.press(client, slack).status_code == 200

        vote = Decision.objects.get()
        assert (vote.person.username, vote.on_behalf_of) == ("eve", get_user(away))

    def test_sees_no_card_where_who_is_away_asked_for_it(self, slack, proposal, away):
        Proposal.objects.filter(pk=proposal.pk).update(barred=[*proposal.barred, away])
        run()
        assert slack.calls == []

    def test_decides_nothing_once_who_was_away_lost_the_right(self, client, slack, proposal, away):
        run()
        get_user(away).groups.clear()

        assert self.press(client, slack).status_code == 200

        assert not Decision.objects.exists()
        assert "does not stand" in Card.objects.get().answer
