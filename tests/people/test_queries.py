"""Who carries a duty: members, fallbacks, nobody."""

import pytest

from orchestrator.people import queries
from orchestrator.people.models import Role
from tests.registry_factories import create_role, create_user

pytestmark = pytest.mark.django_db


def deactivate(person):
    person.is_active = False
    person.save()


class TestReachableMembers:
    @pytest.mark.req("A2")
    def test_are_the_members_by_name(self):
        zoe, amy = create_user(username="zoe"), create_user(username="amy")
        role = create_role(members=[zoe, amy])

        assert queries.reachable_members(role=role) == [amy, zoe]

    @pytest.mark.req("A2")
    def test_are_the_fallbacks_members_where_nobody_is_active(self):
        away, deputy = create_user(), create_user()
        fallback = create_role(members=[deputy])
        role = create_role(members=[away], fallback=fallback)

        deactivate(away)

        assert queries.reachable_members(role=role) == [deputy]

    def test_follow_a_fallback_of_a_fallback(self):
        deputy = create_user()
        last = create_role(members=[deputy])
        role = create_role(fallback=create_role(fallback=last))

        assert queries.reachable_members(role=role) == [deputy]

    def test_are_none_where_fallbacks_go_round_in_a_circle(self):
        first = create_role()
        second = create_role(fallback=first)
        Role.objects.filter(pk=first.pk).update(fallback=second)

        assert queries.reachable_members(role=first) == []


class TestRolesOf:
    def test_are_the_roles_of_a_member(self):
        person = create_user()
        role, _other = create_role(members=[person]), create_role(members=[create_user()])

        assert queries.roles_of(user=person) == {role.pk}

    @pytest.mark.req("A2")
    def test_take_in_a_role_that_falls_back_to_one_of_them(self):
        deputy = create_user()
        fallback = create_role(members=[deputy])
        empty = create_role(fallback=fallback)

        assert queries.roles_of(user=deputy) == {fallback.pk, empty.pk}

    def test_leave_out_a_role_that_has_members_of_its_own(self):
        deputy = create_user()
        fallback = create_role(members=[deputy])
        create_role(members=[create_user()], fallback=fallback)

        assert queries.roles_of(user=deputy) == {fallback.pk}

    def test_are_none_for_somebody_who_cannot_sign_in(self):
        person = create_user()
        create_role(members=[person])

        deactivate(person)

        assert queries.roles_of(user=person) == set()

    def test_take_one_query_however_many_roles_there_are(self, django_assert_num_queries):
        person = create_user()
        for _ in range(5):
            create_role(members=[person])

        with django_assert_num_queries(1):
            assert len(queries.roles_of(user=person)) == 5


class TestReachOfRoles:
    def test_counts_people_behind_each_known_role(self):
        owners = create_role(slug="ops-owner", members=[create_user(), create_user()])
        create_role(slug="deal-desk", fallback=owners)
        create_role(slug="lonely")

        reach = queries.reach_of_roles(slugs={"ops-owner", "deal-desk", "lonely", "unknown"})

        assert reach == {"ops-owner": 2, "deal-desk": 2, "lonely": 0}
