"""Renaming a role, its fallback, removing it: checked, written down, never leaving nobody."""

import pytest

from audit.models import Entry
from orchestrator.people import operations, role_changes
from orchestrator.people.models import Role
from orchestrator.people.operations import NobodyReachable
from orchestrator.people.role_changes import FallbackCircle, RoleInUse
from tests.pages import shown, signed_in, text_of
from tests.registry_factories import (
    AT,
    SETUP,
    create_role,
    create_user,
    create_workflow,
    get_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A2")]
MOST_QUERIES = 20


def change(role, **more):
    given = {
        "title": role.title, "description": role.description, "fallback": role.fallback, **more,
    }  # fmt: skip
    return role_changes.change_role(role=role, by=SETUP, at=AT, **given)


def remove(role, reason="Nobody needs it."):
    role_changes.remove_role(role=role, reason=reason, by=SETUP, at=AT)


@pytest.fixture
def staff(db):
    person = create_user(username="sam", full_name="Sam Keller")
    person.is_staff = True
    person.save()
    return signed_in(person)


class TestChanging:
    def test_gives_another_title_and_keeps_the_name(self):
        role = create_role(slug="desk", members=[create_user()])

        assert change(role, title="Front desk")

        assert Role.objects.get(slug="desk").title == "Front desk"
        assert Entry.objects.get(event="role.changed").detail == {"title": "Desk → Front desk"}

    def test_writes_nothing_down_where_nothing_changes(self):
        assert not change(create_role(slug="desk"))
        assert not Entry.objects.filter(event="role.changed").exists()

    def test_refuses_fallbacks_in_a_circle(self):
        first = create_role(slug="first", members=[create_user()])
        second = create_role(slug="second", fallback=first)

        with pytest.raises(FallbackCircle):
            change(first, fallback=second)

    def test_refuses_to_take_the_fallback_that_somebody_is_reached_by(self):
        first = create_role(slug="first", members=[create_user()])
        empty = create_role(slug="empty", fallback=first)

        with pytest.raises(NobodyReachable, match="Empty"):
            change(empty, fallback=None)


class TestRemoving:
    def test_takes_a_role_away_that_nothing_names(self):
        remove(create_role(slug="unused"))

        assert not Role.objects.filter(slug="unused").exists()
        assert Entry.objects.get(event="role.removed").subject_id == "unused"

    def test_names_everything_that_is_in_the_way(self):
        role = create_role(slug="busy", members=[create_user()])
        create_role(slug="other", fallback=role)

        with pytest.raises(RoleInUse) as refused:
            remove(role)

        assert "it has 1 member" in refused.value.detail
        assert "Other falls back to it" in refused.value.detail

    def test_asks_the_workflows_in_force(self):
        create_workflow()
        desk = Role.objects.get(slug="deal-desk")
        operations.remove_member(
            role=desk, person=get_user("ben"), reason="Moved.", by=SETUP, at=AT
        )

        with pytest.raises(RoleInUse, match="Deal hygiene asks it"):
            remove(desk)


class TestPage:
    def test_shows_members_fallback_and_rights(self, staff):
        create_workflow()

        page = shown(staff, "/people/roles/deal-desk/")

        assert "/people/ben/" in page
        assert "/people/roles/ops-owner/" in page
        assert "/workflows/deal-hygiene/" in page

    def test_hides_workflows_that_the_reader_may_not_see(self, staff):
        create_workflow()

        assert "/workflows/deal-hygiene/" not in shown(signed_in("eve"), "/people/roles/deal-desk/")

    def test_adds_and_removes_members_and_comes_back(self, staff):
        create_workflow()

        answer = staff.post("/people/roles/deal-desk/members/", {"person": "eve", "from": "role"})

        assert answer["Location"] == "/people/roles/deal-desk/"
        assert "/people/eve/" in shown(staff, "/people/roles/deal-desk/")

    def test_says_why_a_change_is_refused(self, staff):
        first = create_role(slug="first", members=[create_user()])
        create_role(slug="second", fallback=first)

        answer = staff.post("/people/roles/first/change/", {"title": "First", "fallback": "second"})

        assert answer.status_code == 422
        assert "falls back to First already" in text_of(answer)

    @pytest.mark.parametrize("door", ["change", "remove"])
    def test_is_changed_by_staff_alone(self, door):
        create_workflow()

        assert signed_in("dora").post(f"/people/roles/deal-desk/{door}/").status_code == 403

    def test_asks_as_many_questions_for_many_as_for_few(self, staff, django_assert_max_num_queries):
        for number in range(5):
            create_workflow(slug=f"flow-{number}")
        create_role(slug="deal-desk", members=[create_user() for _ in range(5)])
        staff.get("/people/roles/deal-desk/")

        with django_assert_max_num_queries(MOST_QUERIES):
            staff.get("/people/roles/deal-desk/")
