"""The command that issues a key."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from orchestrator.agents.authentication import authenticate
from orchestrator.agents.models import Key
from orchestrator.kernel import clock
from tests.registry_factories import create_agent, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("B1")]


def issue(agent, **options):
    said, beside = StringIO(), StringIO()
    call_command("issue_key", agent, stdout=said, stderr=beside, **options)
    return said.getvalue().strip(), beside.getvalue()


class TestIssueKey:
    def test_prints_a_key_that_works_and_nothing_else(self):
        agent = create_agent(slug="deal-bot")

        text, beside = issue("deal-bot", by=get_user("dora").username)

        assert authenticate(text=text, at=clock.now()) == agent
        assert "shown only now" in " ".join(beside.split())
        assert text not in beside
        assert Key.objects.get().created_by == "dora"

    def test_lets_it_live_as_long_as_asked(self):
        create_agent(slug="deal-bot")

        issue("deal-bot", expires_in="12h")

        key = Key.objects.get()
        assert key.expires_at - key.created_at == dt.timedelta(hours=12)

    @pytest.mark.parametrize(
        ("agent", "options", "words"),
        [
            ("nobody", {}, "no agent"),
            ("twin", {}, "name the environment"),
            ("twin", {"environment": "prod", "expires_in": "soon"}, "12h or 90d"),
            ("twin", {"environment": "prod", "expires_in": "9999d"}, "366 days"),
        ],
    )
    def test_says_what_is_wrong_and_issues_nothing(self, agent, options, words):
        create_agent(slug="twin", environment="prod")
        create_agent(slug="twin", environment="staging")

        with pytest.raises(CommandError, match=words):
            issue(agent, **options)

        assert not Key.objects.exists()
