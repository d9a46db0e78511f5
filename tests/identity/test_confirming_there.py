"""Confirming with the directory, and what a sign-in is worth for which it asked nobody."""

import datetime as dt

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import SESSION_KEY
from django.test import Client

from audit.models import Entry
from orchestrator.identity import directory as judged
from tests.factories import AT, create_user
from tests.signing_in import prove
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]


@pytest.fixture
def linked():
    ben = create_user(username="ben")
    SocialAccount.objects.create(user=ben, provider="directory", uid="ben-there")
    return ben


class TestConfirming:
    @pytest.fixture
    def client(self, linked):
        browser = Client()
        browser.force_login(linked)
        prove(browser, linked, minutes_ago=60)
        return browser

    def asked(self, client):
        asked = client.post("/people/roles/any/members/", {"person": "x"})
        assert asked["Location"].startswith("/account/confirm/directory/?next=")
        assert "Sign in again with Northwind" in read(client.get(asked["Location"]).text).text()

    def test_goes_on_with_what_was_typed(self, directory, client, linked):
        self.asked(client)
        there = directory.ask(client, next="/people/roles/any/members/")
        assert "prompt=login" in there

        back = client.get(directory.answer(there, "ben-there"))
        page = client.get(back["Location"])

        assert "adding somebody to a role can go on now" in read(page.text).text()
        going = client.post("/account/confirm/go-on/", {"next": "/people/roles/any/members/"})
        # The form reached its view, which refuses Ben: he is not staff.
        assert going.status_code == 403
        assert "You may not" in read(going.text).text() or "staff" in going.text
        assert Entry.objects.get(event="person.reauthenticated").detail["method"] == "directory"

    def test_as_somebody_else_confirms_nothing(self, directory, client, linked):
        other = create_user(username="cora")
        SocialAccount.objects.create(user=other, provider="directory", uid="cora-there")
        there = directory.ask(client, next="/")

        client.get(directory.answer(there, "cora-there"))

        assert client.get("/account/confirm/done/").status_code == 403
        assert client.session[SESSION_KEY] == str(linked.pk)


class TestAQuietSignIn:
    """The directory lets in whoever it remembers, without a question."""

    @pytest.fixture
    def long_after(self, monkeypatch):
        """Have the directory tell that its proof is an hour old; the one of these tests cannot."""
        monkeypatch.setattr(judged, "proved_at", lambda _, *, at: at - dt.timedelta(hours=1))

    @pytest.fixture
    def back(self, directory, linked, client):
        return directory.answer(directory.ask(client), "ben-there")

    def test_is_no_proof_that_carries_what_weighs_most(self, back, client, long_after):
        client.get(back)

        asked = client.post("/people/roles/any/members/", {"person": "x"})

        assert asked["Location"].startswith("/account/confirm/directory/")

    def test_counts_from_when_the_directory_had_its_proof(self, back, client):
        client.get(back)

        assert client.post("/people/roles/any/members/", {"person": "x"}).status_code == 403

    def test_lets_nobody_add_a_passkey(self, back, linked, client, long_after):
        linked.set_unusable_password()
        linked.save()
        client.get(back)

        asked = client.post("/account/factors/passkeys/add/", {"credential": "{}"})

        assert asked["Location"].startswith("/account/confirm/directory/")

    @pytest.mark.parametrize("told", ["soon", True, -1e30, None])
    def test_of_a_directory_that_never_tells_when_is_no_proof(self, told):
        assert judged.proved_at({"auth_time": told}, at=AT) is None

    def test_confirms_nothing_where_the_directory_should_tell_and_does_not(self, settings):
        settings.OIDC = {**settings.OIDC, "tells_when": True}

        assert not judged.signed_in_lately({}, at=AT)
