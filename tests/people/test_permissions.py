"""Rights come from roles, per workflow."""

import pytest

from orchestrator.people import operations, permissions
from orchestrator.people.rights import Right
from tests.registry_factories import AT, create_role, create_user, create_workflow

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]


def give(person, workflow, right):
    role = create_role(members=[person])
    operations.grant_right(role=role, workflow=workflow, right=right, by=person.actor, at=AT)


class TestRights:
    @pytest.mark.parametrize(
        ("given", "view", "decide", "administer"),
        [
            (None, False, False, False),
            ("view", True, False, False),
            ("decide", True, True, False),
            ("administer", True, False, True),
        ],
    )
    def test_each_includes_seeing_and_nothing_else(self, given, view, decide, administer):
        person, workflow = create_user(), create_workflow()
        if given:
            give(person, workflow, given)

        assert permissions.may_view(person, workflow) is view
        assert permissions.may_decide(person, workflow) is decide
        assert permissions.may_administer(person, workflow) is administer

    def test_end_when_the_account_is_closed(self):
        person, workflow = create_user(), create_workflow()
        give(person, workflow, "administer")

        person.is_active = False

        assert not permissions.may_view(person, workflow)
        assert permissions.workflows_with_right(person, Right.VIEW) == set()


class TestWorkflowsWithRight:
    def test_takes_one_query_for_many_workflows(self, django_assert_num_queries):
        person = create_user()
        workflows = [create_workflow(slug=f"flow-{number}") for number in range(3)]
        for workflow in workflows[:2]:
            give(person, workflow, "decide")
        give(person, workflows[2], "view")

        with django_assert_num_queries(1):
            found = permissions.workflows_with_right(person, Right.DECIDE)

        assert found == {workflows[0].pk, workflows[1].pk}

    def test_is_every_workflow_for_a_superuser(self):
        workflow, person = create_workflow(), create_user()
        person.is_superuser = True

        assert permissions.workflows_with_right(person, Right.ADMINISTER) == {workflow.pk}


class TestAgentAdministrators:
    def test_are_staff_and_ops_owners(self):
        staff, owner, stranger = create_user(), create_user(), create_user()
        staff.is_staff = True
        create_role(slug="ops-owner", members=[owner])

        allowed = [permissions.may_administer_agents(each) for each in (staff, owner, stranger)]

        assert allowed == [True, True, False]
