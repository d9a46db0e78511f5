"""The door: who comes in, what a stranger learns, and what is remembered of it."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.cache import caches
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from audit.models import Entry
from orchestrator.kernel.kept_cache import KeptCache
from tests.factories import PASSWORD, create_user, get_user
from tests.identity.conftest import sign_in
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]
WRONG = "The user name and the password do not go together. Try again."
TOO_MANY = "Too many tries. Wait five minutes, then try again."


@pytest.fixture
def ben():
    return create_user(username="ben", password=PASSWORD)


def notes(event):
    return list(Entry.objects.filter(event=event).order_by("pk"))


def words(answer):
    return " ".join(read(answer.text).text().split())


class TestTheDoor:
    def test_lets_in_with_a_password_and_goes_on_to_the_page_that_was_asked_for(self, ben, client):
        answer = sign_in(client, next="/ledger/")

        assert answer["Location"] == "/ledger/"
        assert client.session[SESSION_KEY] == str(ben.pk)

    def test_gives_the_session_a_new_key(self, ben, client):
        client.get("/sign-in/")
        session = client.session
        session["before"] = "signing in"
        session.save()
        client.cookies["sessionid"] = old = session.session_key

        sign_in(client)

        assert client.session.session_key != old

    @pytest.mark.parametrize("next_page", ["https://elsewhere.example.com/", "//elsewhere.example"])
    def test_sends_nobody_elsewhere(self, ben, client, next_page):
        assert sign_in(client, next=next_page)["Location"] == "/"

    def test_says_the_same_to_a_wrong_password_a_wrong_name_and_a_closed_account(self, ben):
        closed = create_user(username="cora", password=PASSWORD)
        closed.is_active = False
        closed.save()

        answers = {
            words(sign_in(Client(), username, password))
            for username, password in [("ben", "no"), ("nobody", "no"), ("cora", PASSWORD)]
        }

        assert len(answers) == 1
        assert WRONG in answers.pop()

    def test_registers_nobody(self, client):
        for address in ("/account/signup/", "/account/login/", "/account/email/", "/accounts/"):
            assert client.get(address)["Location"].startswith("/sign-in/"), address
        client.force_login(create_user(username="ben", password=PASSWORD))
        for address in ("/account/signup/", "/account/password/reset/", "/account/email/"):
            assert client.get(address).status_code == 404, address

    def test_signs_out_by_posting_only(self, ben, client):
        sign_in(client)
        assert client.get("/sign-out/").status_code == 405
        assert SESSION_KEY in client.session

        assert client.post("/sign-out/")["Location"] == "/sign-in/"
        assert SESSION_KEY not in client.session


class TestTries:
    def test_of_one_account_end_after_five_even_with_the_right_password(self, ben):
        for _ in range(5):
            assert WRONG in words(sign_in(Client(), password="guess"))

        assert TOO_MANY in words(sign_in(Client()))

    def test_of_others_go_on(self, ben):
        create_user(username="cleo", password=PASSWORD)
        for _ in range(6):
            sign_in(Client(), password="guess")

        assert sign_in(Client(), "cleo")["Location"] == "/"

    def test_of_one_address_end_whatever_names_are_tried(self, ben):
        for number in range(20):
            sign_in(Client(), f"name-{number}", "guess")

        assert TOO_MANY in words(sign_in(Client()))
        elsewhere = Client(REMOTE_ADDR="198.51.100.7")
        assert sign_in(elsewhere)["Location"] == "/"

    def test_count_a_forged_header_for_nothing(self, ben):
        for number in range(20):
            sign_in(Client(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}"), f"name-{number}", "guess")

        assert TOO_MANY in words(sign_in(Client(HTTP_X_FORWARDED_FOR="203.0.113.99")))

    def test_are_limited_without_redis_too_and_signing_in_goes_on(self, ben, monkeypatch):
        def away(*_, **__):
            raise RedisAway("away")

        for method in ("add", "get", "set", "delete"):
            monkeypatch.setattr(KeptCache, method, away)
        here = caches["limits"]._here  # type: ignore[attr-defined]  # our own cache
        here.clear()
        try:
            for _ in range(5):
                sign_in(Client(), password="guess")
            assert TOO_MANY in words(sign_in(Client()))
            here.clear()
            assert caches["limits"].add("anything", 1)
            assert not caches["limits"].add("anything", 1)
        finally:
            here.clear()


class TestTheLedger:
    def test_says_who_came_in_how_and_from_which_network(self, ben):
        client = Client(REMOTE_ADDR="198.51.100.7")
        sign_in(client)
        client.post("/sign-out/")

        came, left = notes("person.signed_in")[0], notes("person.signed_out")[0]
        assert (came.subject_id, came.actor_id) == ("ben", "ben")
        assert came.detail == {"method": "password", "address": "198.51.100.0/24"}
        assert left.detail == {"address": "198.51.100.0/24"}

    def test_never_holds_what_was_typed(self, ben):
        sign_in(Client(), "hunter2-in-the-wrong-field", "guess-of-somebody")
        sign_in(Client(), "ben", "guess-of-somebody")

        entries = notes("person.sign_in_failed")
        assert [entry.subject_id for entry in entries] == ["unknown", "ben"]
        everything = str([(entry.subject_id, entry.detail) for entry in entries])
        assert "hunter2" not in everything
        assert "guess-of-somebody" not in everything

    def test_hears_of_a_lock_once(self, ben):
        for _ in range(9):
            sign_in(Client(), password="guess")

        assert [entry.subject_id for entry in notes("person.sign_in_locked")] == ["ben"]

    def test_names_no_session(self, ben, client):
        sign_in(client)
        key = client.session.session_key

        assert key not in str(list(Entry.objects.values()))
        assert key not in client.get("/account/sessions/").text


class TestASessionIsOver:
    def test_when_the_password_changes_elsewhere(self, ben):
        here, there = Client(), Client()
        sign_in(here)
        sign_in(there)
        new = "a-much-better-one-9"

        here.post("/me/password/", {"present": PASSWORD, "new": new, "again": new})

        assert here.get("/").status_code == 200
        assert there.get("/")["Location"].startswith("/sign-in/")
        assert "Firefox" not in words(here.get("/account/sessions/"))
        assert get_user("ben").check_password(new)
