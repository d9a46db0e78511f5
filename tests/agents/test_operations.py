"""Agents, keys and grants over their lives."""

import datetime as dt

import pytest

from audit import queries as ledger
from audit.queries import Filters
from orchestrator.agents import operations
from orchestrator.agents.authentication import InvalidKey, authenticate
from orchestrator.agents.key_operations import AgentIsRetired, BadKeyLife, KeyIsOver
from orchestrator.agents.models import Agent, Key
from orchestrator.kernel.states import IllegalMove, StaleState
from tests.registry_factories import AT, SETUP, create_agent, create_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("B1")]
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def events():
    lines = ledger.search(filters=Filters(lane="config")).lines
    return [line.event for line in reversed(lines) if line.event.startswith("agent.")]


def details(event):
    return ledger.search(filters=Filters(event=event)).lines[0].detail


class TestLife:
    def test_goes_from_draft_over_active_and_suspended_to_retired(self):
        agent = create_agent(active=False)

        operations.activate(agent=agent, by=SETUP, at=AT)
        operations.suspend(agent=agent, reason="Odd figures.", by=SETUP, at=AT)
        operations.activate(agent=agent, by=SETUP, at=AT, reason="Explained.")
        operations.retire(agent=agent, reason="Replaced.", by=SETUP, at=AT)

        assert Agent.objects.get().state == "retired"
        assert events() == [
            "agent.registered", "agent.activated", "agent.suspended", "agent.activated",
            "agent.retired",
        ]  # fmt: skip

    def test_ends_with_retirement(self):
        agent = create_agent()
        operations.retire(agent=agent, reason="Replaced.", by=SETUP, at=AT)

        with pytest.raises(IllegalMove):
            operations.activate(agent=agent, by=SETUP, at=AT)

    def test_lets_only_the_first_of_two_people_suspend_it(self):
        agent = create_agent()
        second = Agent.objects.get()
        operations.suspend(agent=agent, reason="First.", by=SETUP, at=AT)

        with pytest.raises(StaleState):
            operations.suspend(agent=second, reason="Second.", by=SETUP, at=AT)

        assert events().count("agent.suspended") == 1


class TestRegisterAgent:
    def test_keeps_one_name_per_environment(self):
        create_agent(slug="deal-bot", environment="prod")
        create_agent(slug="deal-bot", environment="staging")

        with pytest.raises(operations.AgentExists):
            create_agent(slug="deal-bot", environment="prod")

    def test_refuses_an_unknown_environment(self):
        with pytest.raises(operations.BadAgent, match="dev, staging, prod"):
            create_agent(environment="moon")

    def test_refuses_an_owner_who_cannot_sign_in(self):
        owner = create_user()
        owner.is_active = False

        with pytest.raises(operations.BadAgent):
            create_agent(owner=owner)


class TestIssueKey:
    def issue(self, agent, expires_at=AT + 90 * DAY):
        return operations.issue_key(agent=agent, expires_at=expires_at, by=SETUP, at=AT)

    def test_stores_a_hash_and_writes_neither_text_nor_secret_anywhere(self):
        issued = self.issue(create_agent())
        secret = issued.text.split("_", 2)[2]

        stored = Key.objects.values().get()
        written = str(ledger.search(filters=Filters()).lines)

        assert secret not in str(stored)
        assert secret not in written
        assert secret not in repr(issued)
        assert stored["secret_hash"] != issued.text

    @pytest.mark.parametrize("life", [dt.timedelta(0), -HOUR, 400 * DAY])
    def test_refuses_a_life_that_makes_no_sense(self, life):
        with pytest.raises(BadKeyLife):
            self.issue(create_agent(), AT + life)

    def test_gives_a_retired_agent_nothing(self):
        agent = create_agent()
        operations.retire(agent=agent, reason="Replaced.", by=SETUP, at=AT)

        with pytest.raises(AgentIsRetired):
            self.issue(agent)


class TestRotateKey:
    def rotate(self, key, overlap=DAY):
        return operations.rotate_key(
            key=key, overlap=overlap, expires_at=AT + 90 * DAY, by=SETUP, at=AT
        )

    def issue(self, life=30 * DAY):
        agent = create_agent()
        return operations.issue_key(agent=agent, expires_at=AT + life, by=SETUP, at=AT)

    def test_lets_both_keys_work_until_the_overlap_ends(self):
        old = self.issue()

        new = self.rotate(old.key)

        for text in (old.text, new.text):
            assert authenticate(text=text, at=AT + DAY - HOUR) == new.key.agent
        with pytest.raises(InvalidKey):
            authenticate(text=old.text, at=AT + DAY)
        assert authenticate(text=new.text, at=AT + DAY)

    def test_never_lengthens_the_old_keys_life(self):
        old = self.issue(life=HOUR)

        self.rotate(old.key, overlap=DAY)

        assert Key.objects.get(pk=old.key.pk).expires_at == AT + HOUR

    def test_ends_the_old_key_at_once_without_an_overlap(self):
        old = self.issue()

        self.rotate(old.key, overlap=dt.timedelta(0))

        with pytest.raises(InvalidKey):
            authenticate(text=old.text, at=AT)

    def test_refuses_a_key_that_is_over(self):
        old = self.issue()
        operations.revoke_key(key=old.key, reason="Lost.", by=SETUP, at=AT)

        with pytest.raises(KeyIsOver):
            self.rotate(old.key)

        assert Key.objects.count() == 1

    def test_is_remembered_with_both_names(self):
        old = self.issue()

        new = self.rotate(old.key)

        detail = details("agent.key_rotated")
        assert (detail["old_prefix"], detail["prefix"]) == (old.key.prefix, new.key.prefix)


class TestRevokeKey:
    def test_works_once(self):
        key = operations.issue_key(agent=create_agent(), expires_at=AT + DAY, by=SETUP, at=AT).key

        operations.revoke_key(key=key, reason="Lost.", by=SETUP, at=AT)
        with pytest.raises(KeyIsOver):
            operations.revoke_key(key=key, reason="Lost again.", by=SETUP, at=AT)

        assert details("agent.key_revoked") == {"prefix": key.prefix, "reason": "Lost."}
