"""Second factors: set up, asked for, kept secret, told, and required where the site says so."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth import SESSION_KEY
from django.core.cache import caches
from django.test import Client

from audit.models import Entry
from orchestrator.identity import factors
from orchestrator.kernel.errors import NotAllowed, ReasonNeeded
from orchestrator.notifications.models import Notification
from tests.factories import AT, PASSWORD, create_user
from tests.identity.conftest import sign_in
from tests.signing_in import prove
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def ben():
    return create_user(username="ben", password=PASSWORD)


@pytest.fixture
def client(ben):
    browser = Client()
    browser.force_login(ben)
    return browser


def code(secret, *, steps=0):
    caches["limits"].clear()
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def add_app(person):
    TOTP.activate(person, SECRET)


def secret_on(page):
    return re.search(r'factor-secret">([A-Z2-7]+)<', page.text)[1]


def set_up(client):
    """Set the app up as a person does; return its secret and the page that follows."""
    secret = secret_on(client.get("/account/factors/app/"))
    answer = client.post("/account/factors/app/", {"code": code(secret)}, follow=True)
    return secret, answer


def shown_codes(page):
    return re.findall(r"<li><code>(\w+)</code></li>", page.text)


class TestAnApp:
    def test_is_set_up_with_a_code_of_its_own_and_recovery_codes_come_with_it(self, client, ben):
        _, page = set_up(client)

        assert factors.has_factor(ben)
        assert len(shown_codes(page)) == 10
        assert "They are shown only now" in read(page.text).text()

    def test_shows_the_recovery_codes_once(self, client):
        _, page = set_up(client)

        again = client.get("/account/factors/codes/")

        assert not shown_codes(again)
        assert not set(shown_codes(page)) & set(re.findall(r"\w+", again.text))

    def test_is_not_set_up_with_a_wrong_code(self, client, ben):
        secret = secret_on(client.get("/account/factors/app/"))
        wrong = f"{(int(code(secret)) + 1) % 1_000_000:06}"

        answer = client.post("/account/factors/app/", {"code": wrong})

        assert "That did not work. Try again." in read(answer.text).text()
        assert not factors.has_factor(ben)

    def test_has_its_secret_encrypted_in_the_database(self, client):
        secret, _ = set_up(client)

        assert secret not in str(list(Authenticator.objects.values("data")))

    @pytest.mark.django_db(transaction=True)
    def test_is_noted_and_told_when_it_comes_and_when_it_goes(self, client, ben):
        set_up(client)
        client.post("/account/factors/app/remove/")

        events = ["person.factor_added", "person.factor_removed"]
        assert (
            list(
                Entry.objects.filter(event__in=events)
                .order_by("pk")
                .values_list("event", flat=True)
            )
            == events
        )
        told = Notification.objects.filter(person=ben).order_by("created_at")
        assert [each.title for each in told] == [
            "Authenticator app added to your account",
            "Authenticator app removed from your account",
        ]

    @pytest.mark.parametrize("path", ["app/", "passkeys/add/", "codes/new/"])
    def test_and_other_factors_need_a_recent_proof(self, client, ben, path):
        prove(client, ben, minutes_ago=16)

        asked = client.get(f"/account/factors/{path}")

        assert asked["Location"].startswith("/account/confirm/password/?next=")

    def test_goes_only_with_a_recent_proof(self, client, ben):
        add_app(ben)
        prove(client, ben, minutes_ago=16)

        asked = client.post("/account/factors/app/remove/")

        assert asked["Location"].startswith("/account/confirm/code/")
        assert factors.has_factor(ben)


class TestTheSecondStep:
    def test_comes_between_the_password_and_the_session(self, ben):
        add_app(ben)
        browser = Client()

        answer = sign_in(browser, next="/ledger/")

        assert answer["Location"] == "/account/two-step/"
        assert SESSION_KEY not in browser.session
        assert browser.get("/")["Location"].startswith("/sign-in/")
        answer = browser.post("/account/two-step/", {"code": code(SECRET)})
        assert answer["Location"] == "/ledger/"
        note = Entry.objects.get(event="person.signed_in")
        assert note.detail["method"] == "password and app code"

    def test_takes_a_code_of_the_app_once(self, ben):
        add_app(ben)
        first, second = Client(), Client()
        sign_in(first)
        sign_in(second)
        same = code(SECRET)

        assert first.post("/account/two-step/", {"code": same}).status_code == 302
        assert second.post("/account/two-step/", {"code": same}).status_code == 200
        assert SESSION_KEY not in second.session

    def test_takes_a_recovery_code_once(self, client, ben):
        _, page = set_up(client)
        recovery = shown_codes(page)[0]
        first, second = Client(), Client()
        sign_in(first)
        sign_in(second)

        assert first.post("/account/two-step/", {"code": recovery})["Location"] == "/"
        refused = second.post("/account/two-step/", {"code": recovery})

        assert "That did not work. Try again." in read(refused.text).text()
        assert SESSION_KEY not in second.session
        assert "9 are left" in read(client.get("/account/factors/").text).text()

    def test_is_limited_as_passwords_are_and_noted(self, ben):
        add_app(ben)
        browser = Client()
        sign_in(browser)
        wrong = f"{(int(code(SECRET)) + 1) % 1_000_000:06}"

        for _ in range(5):
            browser.post("/account/two-step/", {"code": wrong})
        right = format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))
        answer = browser.post("/account/two-step/", {"code": right})

        assert "Too many tries" in read(answer.text).text()
        failed = Entry.objects.filter(event="person.sign_in_failed", subject_id="ben")
        assert failed.count() == 5

    def test_can_be_left(self, ben):
        add_app(ben)
        browser = Client()
        sign_in(browser)

        browser.post("/sign-out/")

        assert browser.get("/sign-in/").status_code == 200
        assert browser.get("/account/two-step/")["Location"] == "/sign-in/"


class TestWhoNeedsOne:
    @pytest.mark.parametrize(
        ("wanted", "staff", "led"),
        [
            ("off", True, False),
            ("staff", True, True),
            ("staff", False, False),
            ("everybody", False, True),
        ],
    )
    def test_is_led_to_set_it_up_before_anything_else(
        self, client, ben, settings, wanted, staff, led
    ):
        settings.MFA_REQUIRED = wanted
        ben.is_staff = staff
        ben.save()

        assert (client.get("/").get("Location") == "/account/factors/") is led
        assert (client.post("/me/time-zone/", {"zone": "UTC"})["Location"] != "/me/") is led
        assert client.get("/account/factors/").status_code == 200

    def test_passes_once_it_is_there_or_the_directory_vouches(self, client, ben, settings):
        settings.MFA_REQUIRED = "everybody"
        add_app(ben)
        assert client.get("/me/").status_code == 200

        Authenticator.objects.all().delete()
        prove(client, ben, method="socialaccount")
        assert client.get("/me/").status_code == 200


class TestRemovingThemOfSomebodyElse:
    def test_is_for_staff_with_a_reason_and_is_told(self, ben):
        add_app(ben)
        staff = create_user(username="root")
        with pytest.raises(NotAllowed):
            factors.remove_all_of(person=ben, by=staff, reason="Lost.", at=AT)
        staff.is_staff = True
        with pytest.raises(ReasonNeeded):
            factors.remove_all_of(person=ben, by=staff, reason=" ", at=AT)

        assert factors.remove_all_of(person=ben, by=staff, reason="Lost phone.", at=AT) == 1

        assert not factors.has_factor(ben)
        assert Entry.objects.get(event="person.factors_removed_by_staff").actor_id == "root"
        assert Notification.objects.get(person=ben).title == "Root removed your second factors"

    def test_is_nobodys_for_themselves(self, ben):
        ben.is_staff = True
        with pytest.raises(NotAllowed):
            factors.remove_all_of(person=ben, by=ben, reason="Mine.", at=AT)
