"""Inviting somebody: an account nobody can enter, a link that works once, and for its person."""

import pytest
from django.test import Client

from audit.models import Entry
from orchestrator.people import invitations
from orchestrator.people.models import User
from tests.pages import shown, signed_in, text_of
from tests.registry_factories import AT, SETUP, create_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]
NEW = {"username": "nora", "first_name": "Nora", "last_name": "New", "email": "nora@example.com"}
WORDS = "three green bicycles lean on a wall"
PASSWORDS = {"new_password1": WORDS, "new_password2": WORDS}


@pytest.fixture
def staff(db):
    person = create_user(username="sam", full_name="Sam Keller")
    person.is_staff = True
    person.save()
    return signed_in(person)


def invited():
    return invitations.invite(**NEW, by=SETUP, at=AT)


class TestInviting:
    def test_makes_an_account_that_nobody_can_enter_yet(self, staff):
        page = staff.post("/people/invite/", NEW).content.decode()

        assert "http://testserver/sign-in/welcome/" in page
        assert not User.objects.get(username="nora").has_usable_password()

    def test_keeps_the_link_out_of_the_ledger(self, staff):
        page = staff.post("/people/invite/", NEW).content.decode()
        token = page.split("/sign-in/welcome/", 1)[1].split("/")[1]

        assert token not in str(list(Entry.objects.values_list("detail", flat=True)))
        assert Entry.objects.filter(event="person.added", subject_id="nora").exists()

    def test_says_that_a_name_is_taken(self, staff):
        create_user(username="nora")

        answer = staff.post("/people/invite/", NEW)

        assert answer.status_code == 422
        assert "choose another" in text_of(answer)

    def test_is_for_staff(self):
        eve = signed_in(create_user(username="eve"))

        assert eve.post("/people/invite/", NEW).status_code == 403
        assert not User.objects.filter(username="nora").exists()

    def test_makes_another_link_only_for_whoever_never_had_a_password(self, staff):
        person, _ = invited()
        assert "/sign-in/welcome/" in staff.post("/people/nora/invite/").content.decode()
        assert "has not set a password yet" in shown(staff, "/people/nora/")

        person.set_password(WORDS)
        person.save()

        assert staff.post("/people/nora/invite/").status_code == 410


class TestWelcome:
    def test_sets_the_password_and_leads_to_the_sign_in(self):
        _, path = invited()
        stranger = Client()
        assert "Welcome, Nora New" in text_of(stranger.get(path))

        answer = stranger.post(path, PASSWORDS)

        assert answer["Location"] == "/sign-in/"
        assert User.objects.get(username="nora").check_password(WORDS)

    def test_works_once(self):
        _, path = invited()
        Client().post(path, PASSWORDS)

        assert Client().get(path).status_code == 410
        assert Client().post(path, PASSWORDS).status_code == 410

    def test_wants_a_password_that_is_good_enough(self):
        _, path = invited()

        answer = Client().post(path, {"new_password1": "nora", "new_password2": "nora"})

        assert answer.status_code == 422
        assert not User.objects.get(username="nora").has_usable_password()

    @pytest.mark.parametrize("name", ["x", "MTI", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "%C3%BC"])
    def test_opens_nothing_for_made_up_links(self, name):
        invited()

        assert Client().get(f"/sign-in/welcome/{name}/abc-def/").status_code == 410

    def test_ends_with_the_account(self):
        person, path = invited()
        User.objects.filter(pk=person.pk).update(is_active=False)

        assert Client().get(path).status_code == 410

    def test_tells_its_address_to_nobody(self):
        _, path = invited()

        assert Client().get(path)["Referrer-Policy"] == "no-referrer"


class TestSearching:
    def test_finds_people_by_a_part_of_their_names(self, staff):
        create_user(username="karl", full_name="Karl Meister")
        create_user(username="anna", full_name="Anna Karlsson")
        create_user(username="zoe", full_name="Zoe Nobody")

        page = staff.get("/people/?text=karl").context["people"]

        assert {row.person.username for row in page} == {"karl", "anna"}

    def test_says_so_where_nobody_fits(self, staff):
        assert "Nobody fits" in shown(staff, "/people/?text=nothing-like-it")
