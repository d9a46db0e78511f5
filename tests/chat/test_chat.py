"""Deciding in Slack: small changes, shown whole, by the linked person, signed by Slack."""

import datetime as dt
import json
from importlib import import_module

import pytest

from approvals.models import Decision, Proposal, Review
from audit import queries as ledger
from orchestrator.chat import linking, offering
from orchestrator.chat.models import Card, LinkCode, SlackAccount
from orchestrator.kernel import clock
from orchestrator.people.models import User
from tests.chat.fake_slack import SECRET, fake_slack, pressed, send
from tests.commits.scene import opportunity
from tests.factories import AT, create_draft, create_proposal, get_user, vote_on

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
SOON = AT + dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The doors for Slack read the clock; the proposals of the tests were made at AT."""
    # Views that were first loaded under another clock would keep it for every later test.
    import_module("orchestrator.urls")
    monkeypatch.setattr(clock, "now", lambda: SOON)


@pytest.fixture
def slack(settings):
    with fake_slack() as there:
        settings.COUNTERSIGN = {
            **settings.COUNTERSIGN,
            "slack": {
                "buttons": True,
                "bot_token": "xoxb-1",
                "signing_secret": SECRET,
                "api_url": there.url,
            },
        }
        yield there


@pytest.fixture
def proposal(crm) -> Proposal:
    return small(crm)


def small(crm, number: int = 1, **values) -> Proposal:
    key = opportunity(crm, number)
    draft = create_draft(record_id=key.record_id, fields={"StageName": "Qualification"}, **values)
    made = create_proposal(draft=draft)
    Proposal.objects.filter(pk=made.pk).update(risk="low", risk_reasons=[])
    return Proposal.objects.get(pk=made.pk)


def link(username: str, user: str = "U1") -> SlackAccount:
    code = linking.issue_code(person=get_user(username), at=AT)
    return linking.link(code=code, team_id="T1", user_id=user, at=AT)


def somebody_who_may(proposal: Proposal) -> str:
    role = Review.objects.get(proposal=proposal, state="open").role
    people = User.objects.filter(groups=role.group).exclude(username__in=proposal.barred)
    return str(people[0].username)


def run(minutes: int = 1) -> int:
    at = AT + dt.timedelta(minutes=minutes)
    return offering.run(at_clock=lambda: at)


class TestLinking:
    def test_takes_a_code_from_our_page_to_slack_once(self, client, slack):
        client.force_login(get_user("ada"))
        page = client.post("/notifications/slack/code/").content.decode()
        code = page.split("/countersign link ")[1].split("<")[0].strip()
        form = {"text": f"link {code}", "team_id": "T1", "user_id": "U7"}

        answer = send(client, "commands", form, now=SOON.timestamp()).json()
        assert answer["response_type"] == "ephemeral"
        assert "Linked to" in answer["text"]
        assert SlackAccount.objects.get().person == get_user("ada")
        again = send(client, "commands", form, now=SOON.timestamp()).json()
        assert "unknown or older" in again["text"]

    def test_refuses_an_old_code(self):
        code = linking.issue_code(person=get_user("ada"), at=AT)
        with pytest.raises(linking.BadCode):
            linking.link(code=code, team_id="T1", user_id="U1", at=AT + dt.timedelta(minutes=10))

    def test_refuses_an_account_that_is_somebody_elses(self):
        link("ada")
        with pytest.raises(linking.LinkedElsewhere):
            link("ben")
        assert SlackAccount.objects.get().person == get_user("ada")

    def test_keeps_the_code_hashed_and_out_of_the_ledger(self):
        code = linking.issue_code(person=get_user("ada"), at=AT)
        from_table = str(list(LinkCode.objects.values()))
        linking.link(code=code, team_id="T1", user_id="U1", at=AT)
        assert code not in from_table

    def test_is_undone_by_the_person(self, client):
        link("ada")
        client.force_login(get_user("ada"))
        client.post("/notifications/slack/unlink/")
        assert SlackAccount.objects.count() == 0


class TestACard:
    def test_shows_the_whole_change_as_plain_text_to_who_may_decide(self, slack, proposal):
        link(somebody_who_may(proposal))
        run()

        [card] = slack.called("chat.postMessage")
        text = card["blocks"][0]["text"]
        assert text["type"] == "plain_text"
        assert "StageName: Prospecting → Qualification" in text["text"]
        assert card["channel"] == "U1"
        value = json.loads(slack.button()["value"])
        assert value == {"proposal": proposal.pk, "digest": proposal.digest}

    def test_comes_once(self, slack, proposal):
        link(somebody_who_may(proposal))
        run()
        run(5)
        assert len(slack.called("chat.postMessage")) == 1

    def test_does_not_come_while_buttons_are_off(self, slack, proposal, settings):
        settings.COUNTERSIGN["slack"]["buttons"] = False
        link(somebody_who_may(proposal))
        assert run() == 0
        assert slack.calls == []

    @pytest.mark.parametrize("risk", ["medium", "high"])
    def test_is_for_low_risk_only(self, slack, proposal, risk):
        Proposal.objects.filter(pk=proposal.pk).update(risk=risk)
        link(somebody_who_may(proposal))
        run()
        assert slack.calls == []

    def test_is_for_what_it_can_show_whole(self, slack, crm):
        proposal = small(crm, reason_text="So long a reason. " * 40)
        link(somebody_who_may(proposal))
        run()
        assert slack.calls == []
        assert Card.objects.get().state == "closed"

    def test_is_not_for_people_who_may_not_decide(self, slack, proposal):
        link("eve")
        run()
        assert slack.calls == []

    def test_says_in_the_end_who_decided_and_has_no_button_any_more(self, slack, proposal):
        link(somebody_who_may(proposal))
        run()
        vote_on(proposal=proposal, at=SOON)
        run(2)

        [update] = slack.called("chat.update")
        assert "approve" in update["blocks"][0]["text"]["text"]
        assert all(block["type"] != "actions" for block in update["blocks"])
        assert Card.objects.get().state == "closed"

    def test_is_tried_again_while_slack_fails_and_given_up_in_the_end(self, slack, proposal):
        slack.error = "ratelimited"
        link(somebody_who_may(proposal))
        for minute in range(1, 60):
            run(minute)
        card = Card.objects.get()
        assert (card.state, card.error, card.attempts) == ("closed", "ratelimited", 6)


class TestAPress:
    @pytest.fixture
    def person(self, slack, proposal) -> str:
        name = somebody_who_may(proposal)
        link(name)
        run()
        return name

    def press(self, client, slack, *, at=SOON, **kwargs):
        return send(client, "actions", pressed(slack.button(), **kwargs), now=at.timestamp())

    def test_approves_what_the_card_showed_under_the_persons_own_name(
        self, client, slack, proposal, person
    ):
        assert self.press(client, slack).status_code == 200

        decision = Decision.objects.get()
        assert (decision.person.username, decision.vote) == (person, "approve")
        assert decision.digest == proposal.digest
        events = [line.event for line in ledger.timeline(proposal.pk)]
        assert "chat.approved" in events

    def test_that_comes_twice_counts_once(self, client, slack, proposal, person):
        self.press(client, slack)
        self.press(client, slack)
        assert Decision.objects.count() == 1

    def test_on_a_card_whose_change_was_revised_decides_nothing_and_says_why(
        self, client, slack, proposal, person
    ):
        Proposal.objects.filter(pk=proposal.pk).update(digest="sha256:other")
        assert self.press(client, slack).status_code == 200
        assert Decision.objects.count() == 0
        run(2)
        [told] = slack.called("chat.postEphemeral")
        assert "does not stand any more" in told["text"]

    def test_after_the_risk_went_up_decides_nothing(self, client, slack, proposal, person):
        Proposal.objects.filter(pk=proposal.pk).update(risk="high")
        self.press(client, slack)
        assert Decision.objects.count() == 0

    def test_by_somebody_else_decides_nothing(self, client, slack, proposal, person):
        answer = self.press(client, slack, user="U2")
        assert "Link your Slack account" in answer.json()["text"]
        link("eve", "U3")
        self.press(client, slack, user="U3")
        assert Decision.objects.count() == 0

    def test_by_the_same_user_of_another_team_decides_nothing(
        self, client, slack, proposal, person
    ):
        self.press(client, slack, team="T2")
        assert Decision.objects.count() == 0

    def test_by_somebody_whose_account_was_closed_decides_nothing(
        self, client, slack, proposal, person
    ):
        User.objects.filter(username=person).update(is_active=False)
        self.press(client, slack)
        assert Decision.objects.count() == 0

    def test_of_a_made_up_button_decides_nothing(self, client, slack, proposal, person):
        forged = {"action_id": "countersign_approve", "value": "[1]"}
        send(client, "actions", pressed(forged), now=SOON.timestamp())
        other = json.dumps({"proposal": proposal.pk, "digest": "sha256:guess"})
        forged = {"action_id": "countersign_approve", "value": other}
        send(client, "actions", pressed(forged), now=SOON.timestamp())
        assert Decision.objects.count() == 0


class TestTheDoors:
    FORM = {"text": "link x", "team_id": "T1", "user_id": "U1"}

    @pytest.mark.parametrize("path", ["actions", "commands"])
    def test_take_nothing_that_slack_did_not_sign(self, client, slack, path):
        answer = send(client, path, self.FORM, now=SOON.timestamp(), secret="wrong")
        assert answer.status_code == 401

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_take_nothing_old_or_from_the_future(self, client, slack, minutes):
        moment = SOON + dt.timedelta(minutes=minutes)
        answer = send(client, "commands", self.FORM, now=moment.timestamp())
        assert answer.status_code == 401

    def test_are_closed_while_buttons_are_off(self, client, slack, settings):
        settings.COUNTERSIGN["slack"]["buttons"] = False
        assert send(client, "commands", self.FORM, now=SOON.timestamp()).status_code == 404

    def test_do_not_take_a_session_for_a_signature(self, client, slack):
        client.force_login(get_user("ada"))
        answer = client.post(
            "/integrations/slack/actions",
            data="payload={}",
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code == 401

    def test_take_no_other_kind_of_body(self, client, slack):
        assert client.post("/integrations/slack/actions", self.FORM).status_code == 415

    def test_are_closed_to_agents_and_to_reading(self, client, slack):
        assert client.get("/integrations/slack/actions").status_code == 405

    def test_ask_for_words_that_can_be_understood(self, client, slack):
        form = {**self.FORM, "text": "approve everything"}
        answer = send(client, "commands", form, now=SOON.timestamp()).json()
        assert "/countersign link CODE" in answer["text"]
        assert send(client, "actions", {"payload": "{"}, now=SOON.timestamp()).status_code == 400
