"""The pages of agents: everybody may look, administrators act, a key is shown once."""

import datetime as dt
import re

import pytest
from django.test import Client

from audit import queries as ledger
from audit.queries import Filters
from orchestrator.agents.authentication import authenticate
from orchestrator.agents.models import Agent, Grant, Key
from orchestrator.agents.pages import grant_row
from orchestrator.kernel import clock
from tests.registry_factories import AT, create_agent, create_grant, create_workflow, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("B1")]
MOST_QUERIES = 14
KEY = re.compile(r"csn_[0-9A-Z]{10}_[A-Za-z0-9_-]{43}")


def sign_in(username):
    client = Client()
    client.force_login(get_user(username))
    return client


@pytest.fixture
def workflow():
    return create_workflow()


@pytest.fixture
def agent(workflow):
    return create_agent(slug="deal-bot")


@pytest.fixture
def admin(workflow):
    """Dora is an ops owner."""
    return sign_in("dora")


def text_of(response):
    return response.content.decode()


class TestIndex:
    def test_lists_agents_with_their_keys_and_grants(self, agent, workflow, admin):
        create_grant(agent=agent, workflow=workflow)
        admin.post("/agents/deal-bot/keys/", {"days": 30})

        (row,) = admin.get("/agents/").context["agents"]

        assert (row.usable_keys, row.holding_grants, row.last_used_at) == (1, 1, None)

    def test_asks_as_many_questions_for_many_as_for_few(
        self, workflow, admin, django_assert_max_num_queries
    ):
        for _ in range(8):
            create_grant(agent=create_agent(), workflow=workflow)

        with django_assert_max_num_queries(MOST_QUERIES):
            assert text_of(admin.get("/agents/")).count("data-row") == 8


class TestDetail:
    def test_is_there_for_everybody_but_offers_nothing_to_change(self, agent):
        page = text_of(sign_in("eve").get("/agents/deal-bot/"))

        assert agent.pk in page
        assert 'action="/agents/' not in page

    def test_asks_as_many_questions_for_many_grants_as_for_few(
        self, agent, workflow, admin, django_assert_max_num_queries
    ):
        for _ in range(6):
            create_grant(agent=agent, workflow=workflow)
            admin.post("/agents/deal-bot/keys/", {"days": 30})

        with django_assert_max_num_queries(MOST_QUERIES):
            admin.get("/agents/deal-bot/")

    def test_finds_an_agent_by_its_id_where_two_share_a_name(self, agent, admin):
        twin = create_agent(slug="deal-bot", environment="dev")

        assert admin.get("/agents/deal-bot/").status_code == 404
        assert admin.get(f"/agents/{twin.pk}/").context["agent"] == twin
        assert admin.get("/agents/deal-bot/", {"environment": "prod"}).context["agent"] == agent


class TestKeys:
    def issue(self, client):
        return client.post("/agents/deal-bot/keys/", {"days": 30})

    def test_are_shown_exactly_once(self, agent, admin):
        response = self.issue(admin)

        (key,) = set(KEY.findall(text_of(response)))
        assert authenticate(text=key, at=clock.now()) == agent
        assert "no-store" in response["Cache-Control"]
        for address in ("/agents/deal-bot/", "/agents/"):
            assert not KEY.search(text_of(admin.get(address)))

    def test_never_reach_the_ledger_the_session_or_the_log(self, agent, admin, caplog):
        (key,) = set(KEY.findall(text_of(self.issue(admin))))
        secret = key.split("_", 2)[2]

        assert secret not in str(ledger.search(filters=Filters()).lines)
        assert secret not in str(dict(admin.session))
        assert secret not in caplog.text

    def test_rotate_with_an_overlap(self, agent, admin):
        (old,) = set(KEY.findall(text_of(self.issue(admin))))
        prefix = old.split("_")[1]

        response = admin.post(
            f"/agents/deal-bot/keys/{prefix}/rotate/", {"days": 30, "overlap_hours": 2}
        )

        (new,) = set(KEY.findall(text_of(response)))
        for text in (old, new):
            assert authenticate(text=text, at=clock.now()) == agent

    def test_end_when_they_are_revoked_with_a_reason(self, agent, admin):
        (text,) = set(KEY.findall(text_of(self.issue(admin))))
        address = f"/agents/deal-bot/keys/{text.split('_')[1]}/revoke/"

        admin.post(address, {"reason": ""})
        assert Key.objects.get().revoked_at is None
        admin.post(address, {"reason": "Lost."})

        assert Key.objects.get().revoked_at is not None

    def test_of_another_agent_are_not_there(self, agent, admin):
        create_agent(slug="other")
        self.issue(admin)
        prefix = Key.objects.get().prefix

        response = admin.post(f"/agents/other/keys/{prefix}/revoke/", {"reason": "Lost."})

        assert response.status_code == 404


class TestChangeState:
    def test_moves_the_agent_with_a_reason(self, agent, admin):
        admin.post("/agents/deal-bot/state/", {"move": "suspend", "reason": ""})
        assert Agent.objects.get().state == "active"

        admin.post("/agents/deal-bot/state/", {"move": "suspend", "reason": "Odd figures."})

        assert Agent.objects.get().state == "suspended"

    def test_refuses_a_move_that_its_state_does_not_allow(self, agent, admin):
        admin.post("/agents/deal-bot/state/", {"move": "retire", "reason": "Over."})

        response = admin.post("/agents/deal-bot/state/", {"move": "activate", "reason": "Back."})

        assert response.status_code == 409
        assert Agent.objects.get().state == "retired"


@pytest.mark.req("B2", "B3")
class TestGrants:
    def give(self, client, workflow, **changes):
        data = {
            "workflow": workflow.pk, "object_name": "Lead", "fields_text": "Industry, Website",
            "operations": ["update"], "record_filter": "", "days": "30", "reason": "Hygiene.",
            **changes,
        }  # fmt: skip
        return client.post("/agents/deal-bot/grants/", data)

    def test_are_given_for_a_time(self, agent, workflow, admin):
        response = self.give(admin, workflow)

        grant = Grant.objects.get()
        assert response.status_code == 302
        assert (grant.fields, grant.granted_by) == (["Industry", "Website"], "dora")
        assert (grant.ends_at - grant.starts_at).days == 30

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"record_filter": "record.Amount >"}, "Syntax error"),
            ({"object_name": "Le ad"}, "not the name"),
            ({"reason": ""}, "required"),
            ({"operations": []}, "required"),
        ],
    )
    def test_keep_what_was_entered_and_say_what_is_wrong(
        self, agent, workflow, admin, wrong, words
    ):
        response = self.give(admin, workflow, **wrong)

        assert response.status_code == 422
        assert words in text_of(response)
        assert "Industry, Website" in text_of(response)
        assert not Grant.objects.exists()

    def test_end_with_a_reason(self, agent, workflow, admin):
        grant = create_grant(agent=agent, workflow=workflow)

        admin.post(f"/agents/deal-bot/grants/{grant.pk}/end/", {"reason": "Over."})

        assert Grant.objects.get().ends_at is not None


class TestRegister:
    def register(self, client, **changes):
        get_user("ada")
        data = {"title": "New bot", "slug": "new-bot", "environment": "prod", "owner": "ada"}
        return client.post("/agents/new/", {**data, **changes})

    def test_makes_a_draft(self, admin):
        self.register(admin)

        agent = Agent.objects.get()
        assert (agent.state, agent.owner.username) == ("draft", "ada")

    @pytest.mark.parametrize("slug", ["new", "New Bot", ""])
    def test_says_what_is_wrong_with_a_name(self, admin, slug):
        assert self.register(admin, slug=slug).status_code == 422
        assert not Agent.objects.exists()


@pytest.mark.req("B5")
class TestAdministration:
    @pytest.mark.parametrize("who", ["ada", "ben", "eve"])
    def test_is_refused_to_everybody_else_and_changes_nothing(self, agent, workflow, admin, who):
        admin.post("/agents/deal-bot/keys/", {"days": 30})
        prefix = Key.objects.get().prefix
        grant = create_grant(agent=agent, workflow=workflow)
        before = (list(Key.objects.values()), list(Grant.objects.values()))
        client = sign_in(who)

        addresses = (
            "new/", "deal-bot/state/", "deal-bot/keys/", f"deal-bot/keys/{prefix}/rotate/",
            f"deal-bot/keys/{prefix}/revoke/", "deal-bot/grants/",
            f"deal-bot/grants/{grant.pk}/end/",
        )  # fmt: skip
        data = {"reason": "x", "days": 1, "move": "retire"}

        answers = {client.post(f"/agents/{address}", data).status_code for address in addresses}

        assert answers == {403}
        assert before == (list(Key.objects.values()), list(Grant.objects.values()))
        assert Agent.objects.get().state == "active"

    def test_needs_a_sign_in(self, agent):
        assert Client().get("/agents/deal-bot/").status_code == 302


class TestOwner:
    def test_changes_hands_with_a_reason(self, agent, admin):
        admin.post("/agents/deal-bot/owner/", {"owner": "ben", "reason": "Ada has left."})

        assert Agent.objects.get(slug="deal-bot").owner.username == "ben"
        (line,) = ledger.search(filters=Filters(event="agent.owner_changed")).lines
        assert (line.detail["old"], line.detail["new"]) == ("ada", "ben")

    def test_stays_without_a_reason(self, agent, admin):
        admin.post("/agents/deal-bot/owner/", {"owner": "ben", "reason": ""})

        assert Agent.objects.get(slug="deal-bot").owner.username == "ada"

    def test_is_changed_by_administrators_alone(self, agent):
        answer = sign_in("eve").post("/agents/deal-bot/owner/", {"owner": "ben", "reason": "x"})

        assert answer.status_code == 403


class TestTimeLeft:
    @pytest.mark.parametrize(
        ("left", "words"),
        [
            (dt.timedelta(days=9), "9 days left"),
            (dt.timedelta(hours=5, minutes=30), "5 h left"),
            (dt.timedelta(minutes=5), "less than an hour left"),
        ],
    )
    def test_of_a_grant_is_said_in_words(self, agent, workflow, left, words):
        grant = create_grant(agent=agent, workflow=workflow, ends_at=AT + left)

        assert grant_row(grant, AT).left == words
