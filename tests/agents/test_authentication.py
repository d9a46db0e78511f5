"""Keys open the door for active agents, and every other key gets the same answer."""

import datetime as dt

import pytest

from orchestrator.agents import operations
from orchestrator.agents.authentication import AgentNotActive, InvalidKey, authenticate
from orchestrator.agents.keys import new_key_text, parse_key_text
from orchestrator.agents.models import Key
from tests.registry_factories import AT, SETUP, create_agent, issue_key

pytestmark = [pytest.mark.django_db, pytest.mark.req("B1")]
MINUTE = dt.timedelta(minutes=1)


class TestAuthenticate:
    def test_returns_the_agent_with_its_owner_in_one_query(self, django_assert_num_queries):
        agent = create_agent()
        text = issue_key(agent=agent)
        authenticate(text=text, at=AT)

        with django_assert_num_queries(1):
            found = authenticate(text=text, at=AT + MINUTE / 2)
            assert found.owner.username == "ada"

        assert found == agent

    def test_gives_the_same_answer_to_every_key_that_does_not_work(self):
        agent = create_agent()
        text = issue_key(agent=agent)
        unknown = new_key_text().text
        wrong = text[:-1] + ("A" if text[-1] != "A" else "B")
        expired = issue_key(agent=agent, expires_at=AT + MINUTE)
        revoked = issue_key(agent=agent)
        key = Key.objects.get(prefix=parse_key_text(revoked).prefix)
        operations.revoke_key(key=key, reason="Lost.", by=SETUP, at=AT)

        answers = set()
        for given in (unknown, wrong, expired, revoked, "", "csn_", "Bearer", text.lower(), "\x00"):
            with pytest.raises(InvalidKey) as refusal:
                authenticate(text=given, at=AT + MINUTE)
            answers.add((refusal.value.code, refusal.value.status, refusal.value.detail))

        assert len(answers) == 1
        assert next(iter(answers))[:2] == ("invalid_key", 401)

    def test_refuses_an_expired_key_at_the_very_moment(self):
        text = issue_key(agent=create_agent(), expires_at=AT + MINUTE)

        authenticate(text=text, at=AT + MINUTE - dt.timedelta(microseconds=1))
        with pytest.raises(InvalidKey):
            authenticate(text=text, at=AT + MINUTE)

    @pytest.mark.parametrize("state", ["draft", "suspended", "retired"])
    def test_refuses_the_right_key_of_an_agent_that_is(self, state):
        agent = create_agent(active=state != "draft")
        text = issue_key(agent=agent)
        if state == "suspended":
            operations.suspend(agent=agent, reason="Odd figures.", by=SETUP, at=AT)
        if state == "retired":
            operations.retire(agent=agent, reason="Replaced.", by=SETUP, at=AT)

        with pytest.raises(AgentNotActive) as refusal:
            authenticate(text=text, at=AT)

        assert (refusal.value.code, refusal.value.status) == ("agent_not_active", 403)
        assert state in refusal.value.detail

    def test_notes_the_last_use_at_most_once_a_minute(self):
        text = issue_key(agent=create_agent())
        noted = []
        for seconds in (0, 30, 59, 60, 90):
            authenticate(text=text, at=AT + dt.timedelta(seconds=seconds))
            noted.append(Key.objects.get().last_used_at - AT)

        assert [each.total_seconds() for each in noted] == [0, 0, 0, 60, 60]
