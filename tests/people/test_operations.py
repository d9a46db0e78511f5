"""Roles, members and rights change by operations that the ledger remembers."""

import pytest

from audit import queries as ledger
from audit.queries import Filters
from orchestrator.people import operations, permissions
from orchestrator.people.models import Role, User
from tests.registry_factories import AT, create_role, create_user, create_workflow

pytestmark = pytest.mark.django_db


def events(name):
    return ledger.search(filters=Filters(event=name)).lines


class TestCreateRole:
    @pytest.mark.req("A2")
    def test_makes_a_group_and_an_entry_in_the_ledger(self):
        by = create_user(username="dora")

        role = operations.create_role(
            slug="deal-desk", title="Deal desk", description="", fallback=None, by=by.actor, at=AT
        )

        assert role.group.name == "deal-desk"
        (line,) = events("role.created")
        assert (line.subject_id, line.actor_id) == ("deal-desk", "dora")

    def test_refuses_a_name_that_is_taken(self):
        create_role(slug="deal-desk")

        with pytest.raises(operations.RoleExists):
            operations.create_role(
                slug="deal-desk", title="Other", description="", fallback=None,
                by=create_user().actor, at=AT,
            )  # fmt: skip

        assert Role.objects.count() == 1


class TestAddMember:
    def test_is_remembered_once_however_often_it_is_asked(self):
        role, person = create_role(), create_user()

        answers = [
            operations.add_member(role=role, person=person, by=person.actor, at=AT)
            for _ in range(2)
        ]

        assert answers == [True, False]
        assert len(events("role.member_added")) == 1

    def test_refuses_somebody_who_cannot_sign_in(self):
        role, person = create_role(), create_user()
        person.is_active = False

        with pytest.raises(operations.InactivePerson):
            operations.add_member(role=role, person=person, by=person.actor, at=AT)


class TestRemoveMember:
    def remove(self, role, person):
        operations.remove_member(role=role, person=person, reason="Left.", by=person.actor, at=AT)

    def test_lets_a_member_go_while_another_stays(self):
        first, second = create_user(), create_user()
        role = create_role(members=[first, second])

        self.remove(role, first)

        assert list(User.objects.filter(groups=role.group)) == [second]
        assert events("role.member_removed")[0].detail["reason"] == "Left."

    @pytest.mark.req("A2")
    def test_refuses_to_leave_a_role_without_anybody(self):
        person = create_user()
        role = create_role(members=[person])

        with pytest.raises(operations.NobodyReachable):
            self.remove(role, person)

        assert User.objects.filter(groups=role.group).count() == 1

    def test_allows_it_where_a_fallback_has_members(self):
        person = create_user()
        role = create_role(members=[person], fallback=create_role(members=[create_user()]))

        self.remove(role, person)

        assert User.objects.filter(groups=role.group).count() == 0

    @pytest.mark.req("A2")
    def test_refuses_to_empty_the_fallback_of_a_role_without_members(self):
        deputy = create_user()
        last = create_role(members=[deputy, create_user()])
        fallback = create_role(members=[deputy])
        create_role(slug="empty", fallback=fallback)

        self.remove(last, deputy)
        with pytest.raises(operations.NobodyReachable) as refusal:
            self.remove(fallback, deputy)

        assert "Empty" in refusal.value.detail

    def test_refuses_somebody_who_is_not_in_it(self):
        with pytest.raises(operations.NotAMember):
            self.remove(create_role(members=[create_user()]), create_user())


@pytest.mark.req("B5")
class TestGrantRight:
    def test_gives_every_member_of_the_role_the_right_on_that_workflow_alone(self):
        workflow, other = create_workflow(), create_workflow(slug="other")
        person = create_user()
        role = create_role(members=[person])

        operations.grant_right(
            role=role, workflow=workflow, right="administer", by=person.actor, at=AT
        )

        assert permissions.may_administer(person, workflow)
        assert not permissions.may_administer(person, other)

    def test_is_remembered_once(self):
        workflow, role = create_workflow(), create_role()
        by = create_user(username="giver").actor

        for _ in range(2):
            operations.grant_right(role=role, workflow=workflow, right="view", by=by, at=AT)

        assert [line.detail["right"] for line in events("workflow.right_granted")
                if line.actor_id == "giver"] == ["view"]  # fmt: skip

    def test_knows_three_rights_only(self):
        with pytest.raises(ValueError, match="own"):
            operations.grant_right(
                role=create_role(), workflow=create_workflow(), right="own",
                by=create_user().actor, at=AT,
            )  # fmt: skip
