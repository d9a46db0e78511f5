"""A card whose change is decided while it is posted loses its button all the same."""

import pytest

from orchestrator.chat import offering
from orchestrator.chat import slack as speaking
from orchestrator.chat.models import Card
from tests.chat.test_chat import SOON, link, now, proposal, run, slack, somebody_who_may
from tests.factories import vote_on

__all__ = ["now", "proposal", "slack"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]


def test_is_ended_once_it_is_there(slack, proposal, monkeypatch):
    link(somebody_who_may(proposal))
    post = speaking.post

    def post_while_it_is_decided(**named):
        vote_on(proposal=proposal, at=SOON)
        offering._end(SOON)
        return post(**named)

    monkeypatch.setattr(speaking, "post", post_while_it_is_decided)
    run()
    run(minutes=3)

    [update] = slack.called("chat.update")
    assert all(block["type"] != "actions" for block in update["blocks"])
    assert Card.objects.get().state == "closed"
