"""What weighs most needs a recent proof, and nothing typed is lost on the way to it."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from approvals import decisions
from approvals.models import Decision, Proposal
from audit.models import Entry
from orchestrator.commits.models import Halt
from orchestrator.gateway.route_classes import ROUTES
from orchestrator.identity import step_up
from orchestrator.identity.recent import RecentSignInNeeded, is_recent
from tests.factories import AT, PASSWORD, create_draft, create_proposal, create_user, get_user
from tests.signing_in import prove
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]
LATER = AT + dt.timedelta(minutes=30)


@pytest.fixture
def risky(record):
    """Return a proposal of high risk that waits for a decision of Cleo's."""
    draft = create_draft(action="change_amount", fields={"Amount": 21000.0})
    proposal = create_proposal(draft=draft)
    Proposal.objects.filter(pk=proposal.pk).update(risk="high")
    return Proposal.objects.get(pk=proposal.pk)


@pytest.fixture
def client():
    """Return Cleo's browser; she proved who she is an hour ago."""
    browser = Client()
    browser.force_login(get_user("cleo"))
    prove(browser, get_user("cleo"), minutes_ago=60)
    return browser


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


def vote(client, proposal, vote="approve", **more):
    form = {"digest": proposal.digest, "vote": vote, "reason_code": "", "text": "Order form seen."}
    return client.post(f"/proposals/{proposal.pk}/decide/", {**form, **more})


def confirm(client, asked, password=PASSWORD):
    return client.post(asked["Location"], {"password": password, **_next(asked["Location"])})


def _next(address):
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}


def state_of(proposal):
    return Proposal.objects.get(pk=proposal.pk).state


class TestAProof:
    @pytest.mark.parametrize(
        ("minutes", "recent"), [(0, True), (14, True), (15, False), (60, False)]
    )
    def test_counts_for_a_quarter_of_an_hour(self, minutes, recent):
        assert is_recent(AT - dt.timedelta(minutes=minutes), at=AT) is recent

    def test_that_is_missing_counts_for_nothing(self):
        assert not is_recent(None, at=AT)


class TestDeciding:
    def decide(self, proposal, vote="approve", **more):
        return decisions.decide(
            proposal_id=proposal.pk,
            person=get_user("cleo"),
            vote=vote,
            digest=proposal.digest,
            reason_code="wrong_value",
            text="Seen.",
            at=LATER,
            **more,
        )

    def test_on_high_risk_is_refused_without_a_proof(self, risky):
        with pytest.raises(RecentSignInNeeded):
            self.decide(risky)
        with pytest.raises(RecentSignInNeeded):
            self.decide(risky, authenticated_at=LATER - dt.timedelta(minutes=15))
        assert not Decision.objects.exists()

    def test_on_high_risk_counts_with_a_recent_proof(self, risky):
        proved = LATER - dt.timedelta(minutes=14)
        assert self.decide(risky, authenticated_at=proved).state == "approved"

    @pytest.mark.parametrize("vote", ["deny", "send_back"])
    def test_saying_no_never_asks(self, risky, vote):
        assert self.decide(risky, vote).state in ("denied", "revision_requested")

    def test_on_less_risk_never_asks(self, risky):
        Proposal.objects.update(risk="medium")
        assert self.decide(risky).state == "approved"


class TestTheConfirmation:
    def test_comes_before_the_vote_and_the_vote_goes_on_with_what_was_typed(self, risky, client):
        asked = vote(client, risky)
        assert state_of(risky) == "in_review"
        page = client.get(asked["Location"]).text
        assert "your approval of a change of high risk" in read(page).text()

        answer = confirm(client, asked)

        assert answer["Location"] == f"/proposals/{risky.pk}/"
        assert state_of(risky) == "approved"
        assert Decision.objects.get().text == "Order form seen."

    def test_with_a_wrong_password_lets_nothing_go_on(self, risky, client):
        asked = vote(client, risky)

        refused = confirm(client, asked, "guess")

        assert "That is not your password." in read(refused.text).text()
        assert state_of(risky) == "in_review"
        assert confirm(client, asked)["Location"] == f"/proposals/{risky.pk}/"
        assert state_of(risky) == "approved"

    def test_checks_again_that_it_is_what_they_saw(self, risky, client):
        asked = vote(client, risky)
        Proposal.objects.update(digest="sha256:" + "0" * 64)

        answer = confirm(client, asked)

        assert answer.status_code == 409
        assert "Order form seen." in answer.text
        assert not Decision.objects.exists()

    def test_happens_once_for_a_quarter_of_an_hour(self, risky, client):
        confirm(client, vote(client, risky))

        asked = client.get("/account/factors/app/")

        assert asked.status_code == 200

    def test_is_noted(self, risky, client):
        confirm(client, vote(client, risky))

        note = Entry.objects.get(event="person.reauthenticated")
        assert (note.subject_id, note.detail["method"]) == ("cleo", "password")

    def test_keeps_no_cookie_and_none_of_the_headers_of_a_fragment(self, risky, client):
        path = f"/proposals/{risky.pk}/decide/"
        form = {"digest": risky.digest, "vote": "approve", "reason_code": "", "text": "Seen."}

        asked = client.post(path, form, headers={"HX-Request": "true"})

        assert asked.status_code == 204
        assert asked["HX-Redirect"].startswith("/account/confirm/password/?next=")
        kept = client.session["account_reauthentication_state"]["request"]
        assert "HX_REQUEST" not in kept
        assert "COOKIE" not in kept

    def test_resumes_nothing_for_who_has_not_confirmed(self, risky, client):
        asked = vote(client, risky)

        refused = client.post("/account/confirm/go-on/", _next(asked["Location"]))

        assert refused.status_code == 403
        assert state_of(risky) == "in_review"

    def test_can_be_left_for_the_page_that_it_was_asked_on(self, risky, client):
        here = f"/proposals/{risky.pk}/"
        form = {"digest": risky.digest, "vote": "approve", "reason_code": "", "text": "Seen."}
        asked = client.post(f"{here}decide/", form, headers={"Referer": f"http://testserver{here}"})

        page = client.get(asked["Location"]).text

        assert f'<a href="{here}">Leave it for now' in page

    def test_that_was_left_waits_for_no_other(self, risky, client):
        vote(client, risky)

        page = client.get("/account/confirm/password/?next=/account/factors/app/").text

        assert "your approval of a change of high risk" not in read(page).text()

    @pytest.mark.parametrize("way", ["directory", "done", "password"])
    def test_leads_nowhere_but_to_us(self, client, way):
        prove(client, get_user("cleo"))

        page = client.get(f"/account/confirm/{way}/?next=https://elsewhere.example/in").text

        assert "elsewhere.example" not in page


class TestWhatWeighs:
    @pytest.mark.parametrize(
        ("door", "form"),
        [
            ("/start/key/", {"workflow": "deal-hygiene", "agent": "deal-agent"}),
            ("/start/agent/", {"workflow": "deal-hygiene"}),
            ("/start/owners/", {"owners": "cleo"}),
            ("/people/invite/", {"username": "new"}),
            ("/people/cleo/invite/", {}),
            ("/connections/new/", {"secret": "between-us"}),
        ],
    )
    def test_is_asked_for_at_every_door_to_it(self, client, door, form):
        asked = client.post(door, form)

        assert asked["Location"].startswith("/account/confirm/password/")
        assert "between-us" not in str(dict(client.session))

    def test_is_named_by_routes_that_are_there(self):
        assert set(step_up.WEIGHTY) <= set(ROUTES)

    def test_includes_the_release_of_the_switch_and_not_the_halt(self, client):
        halted = client.post("/controls/halt/", {"what": "all:", "reason": "It looks wrong."})
        assert not halted.get("Location", "").startswith("/account/confirm/")
        assert {"commits:release", "commits:ask-release"} <= set(step_up.WEIGHTY)
        assert "commits:halt" not in step_up.WEIGHTY
        assert "workflows:lower-mode" not in step_up.WEIGHTY

    def test_asks_before_the_form_is_looked_at(self, client):
        staff = create_user(username="root", password=PASSWORD)
        staff.is_staff = True
        staff.save()
        client.force_login(staff)
        prove(client, staff, minutes_ago=16)

        asked = client.post("/people/cleo/sign-in/end/", {"reason": "Her laptop is gone."})

        assert asked["Location"].startswith("/account/confirm/password/")
        assert "ending somebody's sessions" in read(client.get(asked["Location"]).text).text()
        assert confirm(client, asked)["Location"] == "/people/cleo/"

    def test_keeps_no_form_with_a_password_in_it(self, client):
        staff = create_user(username="root", password=PASSWORD)
        staff.is_staff = True
        staff.save()
        client.force_login(staff)
        prove(client, staff, minutes_ago=16)

        asked = client.post(
            "/people/new/",
            {"username": "new", "password": "a-first-one-7"},
            headers={"Referer": "http://testserver/people/"},
        )

        assert "a-first-one-7" not in str(dict(client.session))
        assert "type it once more" in read(client.get(asked["Location"]).text).text()
        assert confirm(client, asked)["Location"] == "/people/"


def test_a_halt_stands_at_once_whenever_the_person_signed_in(client):
    staff = create_user(username="root", password=PASSWORD)
    staff.is_superuser = staff.is_staff = True
    staff.save()
    client.force_login(staff)
    prove(client, staff, minutes_ago=600)

    client.post("/controls/halt/", {"what": "all:", "reason": "Looks wrong."})

    assert Halt.objects.filter(scope="all").exists()


def test_who_has_nothing_to_confirm_with_is_refused(client):
    staff = create_user(username="root")
    staff.is_staff = True
    staff.save()
    client.force_login(staff)
    prove(client, staff, minutes_ago=16)

    refused = client.post("/people/cleo/sign-in/end/", {"reason": "Her laptop is gone."})

    assert refused.status_code == 403
    assert "sign out, and in again" in read(refused.text).text()
    assert not Entry.objects.filter(event="person.sessions_ended").exists()
