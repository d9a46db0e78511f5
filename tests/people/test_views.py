"""The page of people and roles: everybody may look, staff act."""

import pytest
from django.test import Client

from audit import queries as ledger
from audit.queries import Filters
from orchestrator.people.models import Role, User
from orchestrator.people.queries import reachable_members
from tests.registry_factories import create_role, create_user, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A2")]
MOST_QUERIES = 12
PASSWORD = "a-long-enough-first-password"


@pytest.fixture
def staff():
    person = create_user(username="sam", full_name="Sam Keller")
    person.is_staff = True
    person.save()
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return response.content.decode()


class TestIndex:
    def test_says_who_carries_each_duty_now(self, staff):
        owners = create_role(slug="ops-owner", members=[create_user(full_name="Olivia Brandt")])
        create_role(slug="deal-desk", fallback=owners)
        create_role(slug="lonely")

        rows = {row.role.slug: row for row in staff.get("/people/").context["roles"]}

        assert rows["deal-desk"].carried_by == rows["ops-owner"].carried_by == "Ops owner"
        assert rows["lonely"].carried_by == ""

    def test_asks_as_many_questions_for_many_as_for_few(self, staff, django_assert_max_num_queries):
        for _ in range(8):
            create_role(members=[create_user(), create_user()])

        with django_assert_max_num_queries(MOST_QUERIES):
            staff.get("/people/")

    def test_offers_nothing_to_change_to_others(self):
        client = Client()
        client.force_login(get_user("eve"))
        create_role(members=[create_user()])

        assert 'action="/people/' not in text_of(client.get("/people/"))

    def test_gives_every_form_its_token(self, staff):
        create_role(members=[create_user()])
        page = text_of(staff.get("/people/"))

        assert page.count('action="/people/') == 5
        # One more for signing out.
        assert page.count("csrfmiddlewaretoken") == 6


class TestRoles:
    def test_are_created_with_a_fallback(self, staff):
        create_role(slug="ops-owner", members=[get_user("dora")])

        staff.post(
            "/people/roles/", {"title": "Deal desk", "slug": "deal-desk", "fallback": "ops-owner"}
        )

        role = Role.objects.get(slug="deal-desk")
        assert reachable_members(role=role) == [get_user("dora")]

    @pytest.mark.parametrize("slug", ["taken", "Deal", "deal_desk", ""])
    def test_say_what_is_wrong_with_a_name(self, staff, slug):
        create_role(slug="taken")

        response = staff.post("/people/roles/", {"title": "Deal desk", "slug": slug})

        assert response.status_code == 422
        assert "field-error" in text_of(response)
        assert Role.objects.count() == 1

    def test_gain_and_lose_members(self, staff):
        role = create_role(slug="deal-desk", members=[get_user("dora")])
        create_user(username="ben")

        staff.post("/people/roles/deal-desk/members/", {"person": "ben"})
        staff.post("/people/roles/deal-desk/members/dora/remove/", {"reason": ""})
        assert User.objects.filter(groups=role.group).count() == 2
        staff.post("/people/roles/deal-desk/members/dora/remove/", {"reason": "Moved."})

        assert [person.username for person in reachable_members(role=role)] == ["ben"]
        line = ledger.search(filters=Filters(event="role.member_removed")).lines[0]
        assert (line.actor_id, line.detail["reason"]) == ("sam", "Moved.")

    def test_never_lose_their_last_member(self, staff):
        role = create_role(slug="deal-desk", members=[get_user("dora")])

        response = staff.post("/people/roles/deal-desk/members/dora/remove/", {"reason": "Moved."})

        assert response.status_code == 409
        assert User.objects.filter(groups=role.group).count() == 1


class TestPeople:
    def add(self, client, **changes):
        data = {
            "username": "nina", "first_name": "Nina", "last_name": "Roth", "email": "",
            "password": PASSWORD, **changes,
        }  # fmt: skip
        return client.post("/people/new/", data)

    def test_can_sign_in_once_they_are_added(self, staff):
        self.add(staff)

        assert Client().login(username="nina", password=PASSWORD)
        line = ledger.search(filters=Filters(event="person.added")).lines[0]
        assert line.detail == {"name": "Nina Roth"}

    @pytest.mark.parametrize(
        "wrong", [{"password": "q7-x"}, {"password": "password123"}, {"username": "SAM"}]
    )
    def test_are_not_added_with_a_weak_password_or_a_name_that_is_taken(self, staff, wrong):
        response = self.add(staff, **wrong)

        assert response.status_code == 422
        assert "field-error" in text_of(response)
        assert not User.objects.filter(first_name="Nina").exists()
        assert wrong.get("password", PASSWORD) not in text_of(response)


@pytest.mark.req("B5")
class TestAdministration:
    def test_is_refused_to_everybody_else_even_to_ops_owners(self):
        role = create_role(slug="ops-owner", members=[get_user("dora"), get_user("ben")])
        client = Client()
        client.force_login(get_user("dora"))
        addresses = (
            "new/", "roles/", "roles/ops-owner/members/", "roles/ops-owner/members/ben/remove/",
        )  # fmt: skip

        answers = {
            client.post(f"/people/{each}", {"reason": "x"}).status_code for each in addresses
        }

        assert answers == {403}
        assert User.objects.filter(groups=role.group).count() == 2
