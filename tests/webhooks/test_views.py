"""The pages of webhooks: for owners and administrators; a secret once, foreign text as text."""

import datetime as dt
import re

import pytest
from django.test import Client

from audit.models import Entry
from orchestrator.agents.models import Agent
from orchestrator.kernel import clock as present
from orchestrator.webhooks import delivering
from orchestrator.webhooks.models import Attempt, Delivery, Endpoint
from tests.factories import AT, create_agent, create_workflow, get_user
from tests.webhooks.happening import happen

pytestmark = [pytest.mark.django_db, pytest.mark.req("K12")]
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
MOST_QUERIES = 14
HOSTILE = "<script>alert(1)</script>\u202e"


def sign_in(username):
    client = Client()
    client.force_login(get_user(username))
    return client


@pytest.fixture
def agent(agent):
    create_workflow()
    return agent


@pytest.fixture
def owner(agent):
    return sign_in("ada")


@pytest.fixture
def page(agent, endpoint):
    return f"/agents/{agent.slug}/webhooks/{endpoint.pk}/"


def text_of(answer):
    return answer.content.decode()


def delivery(endpoint, **values):
    event = values.pop("event", "proposal.denied")
    state = {"state": "delivered", "finished_at": AT, **values}
    return Delivery.objects.create(
        endpoint=endpoint, event=event, subject_id="prp_1", body='{"a": 1}', created_at=AT, **state
    )


class TestWhoMayLook:
    @pytest.mark.parametrize("username", ["ada", "dora"])
    def test_is_the_owner_or_an_administrator(self, agent, page, username):
        assert sign_in(username).get(page).status_code == 200

    def test_is_nobody_else(self, agent, page):
        somebody = sign_in("eve")

        assert somebody.get(f"/agents/{agent.slug}/webhooks/").status_code == 403
        assert somebody.get(page).status_code == 403
        assert somebody.post(f"{page}pause/", {"reason": "x"}).status_code == 403
        assert "/webhooks/" not in text_of(somebody.get(f"/agents/{agent.slug}/"))

    def test_finds_no_webhook_of_another_agent(self, endpoint, owner):
        other = create_agent()

        assert owner.get(f"/agents/{other.slug}/webhooks/").status_code == 200
        assert owner.get(f"/agents/{other.slug}/webhooks/{endpoint.pk}/").status_code == 404


class TestAdding:
    def test_shows_the_secret_once_and_leads_to_it_from_the_agent(self, agent, owner):
        answer = owner.post(
            f"/agents/{agent.slug}/webhooks/add/",
            {"label": "Main", "url": "https://agent.example.com/hook", "events": []},
        )

        (secret,) = SECRET.findall(text_of(answer))
        assert "no-store" in answer["Cache-Control"]
        endpoint = Endpoint.objects.get()
        assert endpoint.secret == secret
        pages = [f"/agents/{agent.slug}/webhooks/", f"/agents/{agent.pk}/webhooks/{endpoint.pk}/"]
        assert not any(SECRET.search(text_of(owner.get(each))) for each in pages)
        assert f"/agents/{agent.pk}/webhooks/" in text_of(owner.get(f"/agents/{agent.slug}/"))
        detail = Entry.objects.get(event="webhook.endpoint_added").detail
        assert secret not in str(detail)

    def test_says_beside_the_form_what_is_wrong(self, agent, owner):
        answer = owner.post(
            f"/agents/{agent.slug}/webhooks/add/", {"label": "Main", "url": "https://10.0.0.1/"}
        )

        assert answer.status_code == 422
        assert "not an address of the public internet" in text_of(answer)
        assert not Endpoint.objects.exists()


class TestOneWebhook:
    def test_can_be_paused_resumed_and_told_of_less(self, owner, page, endpoint):
        owner.post(f"{page}pause/", {"reason": "Moving house."})
        assert Endpoint.objects.get().state == "paused"
        assert "Moving house." in text_of(owner.get(page))

        owner.post(f"{page}resume/")
        assert Endpoint.objects.get().state == "active"

        owner.post(f"{page}events/", {"events": ["proposal.denied"]})
        assert Endpoint.objects.get().events == ["proposal.denied"]

    def test_gets_a_new_secret_beside_the_old_one(self, owner, page, endpoint):
        answer = owner.post(f"{page}secret/", {"overlap_hours": 24})

        (secret,) = SECRET.findall(text_of(answer))
        stored = Endpoint.objects.get()
        assert (stored.secret, stored.old_secret) == (secret, endpoint.secret)

    def test_is_tested_and_shows_what_came_of_it(self, owner, page, receiver, endpoint):
        receiver.answers.append((500, {}, HOSTILE.encode()))
        sent = owner.post(f"{page}test/")
        delivering.deliver_due(at_clock=present.now)

        shown = text_of(owner.get(sent["Location"]))
        assert (receiver.received[0].id in sent["Location"], Attempt.objects.count()) == (True, 1)
        assert "It answered 500." in shown
        assert "<script>alert" not in shown
        assert "\u202e" not in shown

    def test_lists_its_messages_page_by_page_and_state_by_state(self, owner, page, endpoint):
        for number in range(60):
            delivery(endpoint, id=f"msg_{number:02}")
        delivery(endpoint, event="proposal.failed", state="dead")

        first = owner.get(page)
        assert text_of(first).count("data-row") == 50
        assert text_of(owner.get(page + first.context["next_href"])).count("data-row") == 11
        dead = text_of(owner.get(page, {"state": "dead"}))
        assert dead.count("data-row") == 1

    def test_asks_as_many_questions_for_many_as_for_few(
        self, owner, page, endpoint, django_assert_max_num_queries
    ):
        for number in range(20):
            delivery(endpoint, id=f"msg_{number}")

        with django_assert_max_num_queries(MOST_QUERIES):
            owner.get(page)

    def test_says_that_nothing_is_sent_while_the_agent_is_suspended(self, owner, agent, page):
        Agent.objects.filter(pk=agent.pk).update(state="suspended")

        text = text_of(owner.get(page))
        assert "Nothing is sent while the agent is suspended." in text
        assert f"{page}test/" not in text
        assert owner.post(f"{page}test/").status_code == 422
        owner.post(f"{page}pause/", {"reason": "Later."})
        resumed = text_of(owner.post(f"{page}resume/", follow=True))
        assert "once the agent is active, too" in resumed


class TestReplay:
    def test_of_one_sends_it_again_with_its_id(self, agent, owner, page, receiver, endpoint):
        happen(agent)
        delivering.deliver_due(at_clock=present.now)
        (sent,) = Delivery.objects.all()

        owner.post(f"{page}messages/{sent.pk}/replay/")
        delivering.deliver_due(at_clock=present.now)

        assert receiver.ids == [sent.pk, sent.pk]
        assert Attempt.objects.filter(delivery=sent).count() == 2

    def test_of_what_was_given_up_leaves_the_rest(self, owner, page, endpoint):
        dead, sent = delivery(endpoint, state="dead", tries=10), delivery(endpoint)

        owner.post(f"{page}replay/")

        dead.refresh_from_db()
        sent.refresh_from_db()
        assert (dead.state, dead.tries, sent.state) == ("pending", 0, "delivered")
        entry = Entry.objects.get(event="webhook.replayed")
        assert (entry.actor_id, entry.detail["messages"]) == ("ada", 1)

    def test_since_a_moment_takes_everything_from_then_on(self, owner, page, endpoint):
        early, late = delivery(endpoint), delivery(endpoint)
        Delivery.objects.filter(pk=late.pk).update(created_at=AT + dt.timedelta(hours=1))

        owner.post(f"{page}replay-since/", {"since": "2026-11-18T10:30"})

        states = dict(Delivery.objects.values_list("pk", "state"))
        assert states == {early.pk: "delivered", late.pk: "pending"}

    def test_of_nothing_says_so(self, owner, page):
        answer = owner.post(f"{page}replay/", follow=True)

        assert "Nothing has come through or was given up there." in text_of(answer)

    def test_of_one_that_is_on_its_way_is_refused(self, owner, page, endpoint):
        waiting = delivery(endpoint, state="pending", next_at=AT, finished_at=None)

        assert owner.post(f"{page}messages/{waiting.pk}/replay/").status_code == 409
