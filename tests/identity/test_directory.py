"""Signing in with the company's directory, against a provider that really answers."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import SESSION_KEY
from django.test import Client

from audit.models import Entry
from orchestrator.identity import directory as judged
from orchestrator.people.models import User
from tests.factories import AT, create_user
from tests.identity.conftest import changed
from tests.signing_in import prove
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]
VERIFIED = {"email": "ben@example.com", "email_verified": True}


@pytest.fixture
def ben():
    return create_user(username="ben")


@pytest.fixture
def linked(ben):
    SocialAccount.objects.create(user=ben, provider="directory", uid="ben-there")
    return ben


def said(client, answer):
    assert answer["Location"] == "/sign-in/", answer["Location"]
    return " ".join(read(client.get("/sign-in/").text).text().split())


def is_in(client):
    return SESSION_KEY in client.session


class TestOff:
    def test_there_is_no_button_and_no_door(self, client):
        assert "Sign in with Northwind" not in client.get("/sign-in/").text
        assert client.post("/account/directory/").status_code == 404
        assert client.get("/account/directory/back/?code=x&state=y").status_code == 404


class TestTheWayThere:
    def test_asks_for_a_code_with_state_nonce_and_a_challenge(self, directory, client):
        query = parse_qs(urlsplit(directory.ask(client, next="/ledger/")).query)

        assert query["response_type"] == ["code"]
        assert query["code_challenge_method"] == ["S256"]
        assert query["redirect_uri"] == ["http://127.0.0.1:8000/account/directory/back/"]
        assert len(query["nonce"][0]) >= 32
        assert len(query["state"][0]) >= 16

    def test_is_offered_by_name(self, directory, client):
        assert "Sign in with Northwind" in read(client.get("/sign-in/").text).text()

    def test_is_not_opened_by_a_link(self, directory, client):
        assert client.get("/account/directory/").status_code == 405


class TestComingBack:
    def test_opens_the_account_that_is_linked(self, directory, linked, client):
        there = directory.ask(client, next="/ledger/")

        answer = client.get(directory.answer(there, "ben-there", email="another@example.com"))

        assert answer["Location"] == "/ledger/"
        assert client.session[SESSION_KEY] == str(linked.pk)
        assert Entry.objects.get(event="person.signed_in").detail["method"] == "directory"

    def test_with_a_state_that_is_not_ours_is_refused(self, directory, linked, client):
        back = directory.answer(directory.ask(client), "ben-there")

        answer = client.get(changed(back, state="of-another-browser"))

        assert "did not work" in said(client, answer)
        assert not is_in(client)

    def test_in_another_browser_is_refused(self, directory, linked, client):
        back = directory.answer(directory.ask(Client()), "ben-there")

        assert "did not work" in said(client, client.get(back))
        assert not is_in(client)

    def test_twice_is_refused(self, directory, linked, client):
        back = directory.answer(directory.ask(client), "ben-there")
        client.get(back)
        client.post("/sign-out/")

        client.get(back)

        assert not is_in(client)

    def test_with_a_token_for_another_question_is_refused(self, directory, linked, client):
        there = changed(directory.ask(client), nonce="of-another-question")

        answer = client.get(directory.answer(there, "ben-there"))

        assert "did not work" in said(client, answer)
        assert not is_in(client)
        assert Entry.objects.get(event="person.sign_in_failed").detail["method"] == "directory"

    def test_of_somebody_whose_account_is_closed_is_refused(self, directory, linked, client):
        linked.is_active = False
        linked.save()

        answer = directory.sign_in(client, "ben-there")

        assert "did not work" in said(client, answer)
        assert not is_in(client)

    def test_of_somebody_who_changed_their_mind_is_no_error_page(self, directory, client):
        state = parse_qs(urlsplit(directory.ask(client)).query)["state"][0]

        answer = client.get(f"/account/directory/back/?error=access_denied&state={state}")

        assert "did not work" in said(client, answer)


class TestAnUnknownPerson:
    def test_finds_no_account_and_none_is_made(self, directory, ben, client):
        answer = directory.sign_in(client, "somebody", **VERIFIED)

        assert "there is no account for you here" in said(client, answer)
        assert User.objects.count() == 1
        assert not SocialAccount.objects.exists()

    def test_is_linked_by_a_verified_address_where_the_site_trusts_it(
        self, directory, ben, client, settings
    ):
        settings.OIDC = {**settings.OIDC, "match_email": True}

        directory.sign_in(client, "somebody", **VERIFIED)

        assert client.session[SESSION_KEY] == str(ben.pk)
        assert Entry.objects.get(event="person.directory_linked").detail["how"] == "verified e-mail"

    @pytest.mark.parametrize("verified", [{}, {"email_verified": False}, {"email_verified": "yes"}])
    def test_is_not_linked_by_an_unverified_address(
        self, directory, ben, client, settings, verified
    ):
        settings.OIDC = {**settings.OIDC, "match_email": True}

        directory.sign_in(client, "somebody", email="ben@example.com", **verified)

        assert not is_in(client)
        assert not SocialAccount.objects.exists()

    def test_is_never_linked_to_staff_by_an_address(self, directory, ben, client, settings):
        settings.OIDC = {**settings.OIDC, "match_email": True}
        ben.is_staff = True
        ben.save()

        directory.sign_in(client, "somebody", **VERIFIED)

        assert not is_in(client)

    def test_gets_an_account_without_any_role_where_the_site_asks_for_it(
        self, directory, client, settings
    ):
        settings.OIDC = {**settings.OIDC, "create_people": True}

        directory.sign_in(
            client, "n-1", preferred_username="nora", given_name="Nora", email="nora@example.com"
        )

        nora = User.objects.get(username="nora")
        assert client.session[SESSION_KEY] == str(nora.pk)
        assert not nora.has_usable_password()
        assert not nora.groups.exists()
        note = Entry.objects.get(event="person.added")
        assert (note.actor_id, note.subject_id) == ("directory", "nora")

    def test_gets_no_second_account_with_an_address_that_somebody_has(
        self, directory, ben, client, settings
    ):
        settings.OIDC = {**settings.OIDC, "create_people": True}

        answer = directory.sign_in(client, "somebody", **VERIFIED)

        assert "there is no account" in said(client, answer)
        assert User.objects.count() == 1


class TestLinking:
    def test_is_done_by_the_person_who_is_signed_in(self, directory, ben, client):
        client.force_login(ben)
        there = directory.ask(client, link="yes", next="/account/factors/")

        client.get(directory.answer(there, "ben-there"))

        assert SocialAccount.objects.get().user == ben
        assert Entry.objects.get(event="person.directory_linked").detail["how"] == "by themselves"

    def test_needs_a_recent_proof(self, directory, ben, client):
        client.force_login(ben)
        prove(client, ben, minutes_ago=16)
        there = directory.ask(client, link="yes")

        client.get(directory.answer(there, "ben-there"))

        assert not SocialAccount.objects.exists()

    def test_is_offered_until_it_is_done(self, directory, ben, client):
        client.force_login(ben)
        assert "Link it once" in read(client.get("/account/factors/").text).text()

        SocialAccount.objects.create(user=ben, provider="directory", uid="ben-there")

        assert "Linked: it signs you in." in read(client.get("/account/factors/").text).text()


class TestWhatTheDirectorySays:
    STATE = {"nonce": "n"}

    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"id_token": {"sub": "a"}},
            {"id_token": {"sub": "a", "nonce": "m"}},
            {"id_token": {"nonce": "n"}},
            {"id_token": {"sub": "a", "nonce": "n"}, "userinfo": {"sub": "b"}},
            {"userinfo": {"sub": "a"}},
        ],
    )
    def test_counts_for_nothing_where_it_does_not_fit(self, answer):
        assert judged.claims_of(answer, self.STATE) is None

    def test_counts_as_a_whole_where_it_does(self):
        answer = {"id_token": {"sub": "a", "nonce": "n"}, "userinfo": {"sub": "a", "email": "e"}}
        assert judged.claims_of(answer, self.STATE)["email"] == "e"
        assert judged.claims_of(answer, {}) is None

    @pytest.mark.parametrize(
        ("told", "lately"), [(None, True), (0, True), (-899, True), (-1000, False), (120, False)]
    )
    def test_of_the_moment_of_the_proof_is_believed_within_limits(self, told, lately):
        claims = {} if told is None else {"auth_time": AT.timestamp() + told}
        assert judged.signed_in_lately(claims, at=AT) is lately

    @pytest.mark.parametrize(
        ("claim", "groups"),
        [(["a", "b"], ["a", "b"]), ("a", ["a"]), ([], []), (None, None), ({"a": 1}, None)],
    )
    def test_of_groups_is_told_apart_from_silence(self, claim, groups):
        assert judged.groups_of({"groups": claim}) == groups
