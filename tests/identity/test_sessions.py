"""Where somebody is signed in, and ending it."""

import pytest
from django.core.cache import caches
from django.test import Client

from audit.models import Entry
from orchestrator.live.sessions import SessionStore
from orchestrator.people import accounts
from tests.factories import AT, PASSWORD, create_user
from tests.identity.conftest import sign_in
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/127.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1"


@pytest.fixture
def ben():
    return create_user(username="ben", password=PASSWORD)


@pytest.fixture
def root():
    person = create_user(username="root", password=PASSWORD)
    person.is_staff = True
    person.save()
    return person


@pytest.fixture
def desk(ben):
    browser = Client(HTTP_USER_AGENT=WINDOWS, REMOTE_ADDR="198.51.100.7")
    sign_in(browser)
    return browser


@pytest.fixture
def phone(ben):
    browser = Client(HTTP_USER_AGENT=IPHONE, REMOTE_ADDR="203.0.113.9")
    sign_in(browser)
    return browser


def words(answer):
    return " ".join(read(answer.text).text().split())


def is_in(browser):
    return browser.get("/me/").status_code == 200


class TestTheList:
    def test_says_device_network_and_which_one_this_is(self, desk, phone):
        said = words(desk.get("/account/sessions/"))

        assert said.index("Firefox on Windows This one") < said.index("Safari on iPhone")
        assert "from 198.51.100.0/24" in said
        assert "203.0.113.9" not in said

    def test_leaves_out_what_others_have_and_what_is_over(self, desk, phone, root):
        sign_in(Client(HTTP_USER_AGENT="Chrome/1 (X11; Linux)"), "root")
        phone.post("/sign-out/")

        said = words(desk.get("/account/sessions/"))

        assert "Linux" not in said
        assert "iPhone" not in said


class TestEnding:
    def test_one_leaves_the_others(self, desk, phone):
        listed = desk.get("/account/sessions/").context["places"]
        other = next(place for place in listed if not place.current)

        desk.post(f"/account/sessions/{other.handle}/end/")

        assert (is_in(desk), is_in(phone)) == (True, False)
        note = Entry.objects.get(event="person.sessions_ended")
        assert note.detail == {"sessions": 1, "address": "198.51.100.0/24"}

    def test_all_others_leaves_this_one(self, desk, phone):
        desk.post("/account/sessions/others/end/")

        assert (is_in(desk), is_in(phone)) == (True, False)

    def test_those_of_somebody_else_is_not_possible_by_guessing(self, desk, phone, root):
        browser = Client()
        sign_in(browser, "root")
        listed = desk.get("/account/sessions/").context["places"]

        refused = browser.post(f"/account/sessions/{listed[0].handle}/end/")

        assert refused.status_code == 404
        assert is_in(desk)

    def test_by_staff_ends_all_of_them_with_a_reason(self, desk, phone, root):
        browser = Client()
        sign_in(browser, "root")
        assert browser.post("/people/ben/sign-in/end/", {"reason": ""}).status_code == 422

        browser.post("/people/ben/sign-in/end/", {"reason": "His phone was stolen."})

        assert (is_in(desk), is_in(phone), is_in(browser)) == (False, False, True)
        note = Entry.objects.get(event="person.sessions_ended")
        assert (note.actor_id, note.subject_id) == ("root", "ben")
        assert note.detail == {"sessions": 2, "reason": "His phone was stolen."}

    def test_is_not_for_colleagues(self, desk, root):
        assert desk.post("/people/root/sign-in/end/", {"reason": "Why not."}).status_code == 403
        assert desk.get("/people/root/sign-in/").status_code == 403

    def test_comes_with_the_account(self, desk, phone, ben, root):
        accounts.close_account(person=ben, successors={}, by=root, reason="He left.", at=AT)

        assert (is_in(desk), is_in(phone)) == (False, False)
        assert "session_key" not in desk.session

    def test_by_staff_ends_one_that_changed_its_password_as_well(self, desk, root):
        changed = {"present": PASSWORD, "new": "another-long-one-7", "again": "another-long-one-7"}
        assert desk.post("/me/password/", changed)["Location"] == "/me/"
        assert "This one" in words(desk.get("/account/sessions/"))
        browser = Client()
        sign_in(browser, "root")

        browser.post("/people/ben/sign-in/end/", {"reason": "It was not him."})

        assert not is_in(desk)


class TestACopyOfASession:
    def test_that_was_made_while_it_ended_does_not_outlive_the_end(
        self, desk, django_capture_on_commit_callbacks
    ):
        key = desk.session.session_key
        data = SessionStore(key).load()
        with django_capture_on_commit_callbacks(execute=True):
            SessionStore().delete(key)
            # Another request read the row before, and keeps it now.
            caches["sessions"].set(SessionStore(key).cache_key, data, 3600)

        assert not is_in(desk)

    def test_is_believed_for_a_minute(self, desk, monkeypatch):
        kept = []
        monkeypatch.setattr(
            caches["sessions"], "set", lambda key, value, timeout: kept.append(timeout)
        )

        SessionStore(desk.session.session_key).save()

        assert kept == [60]
