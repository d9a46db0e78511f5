"""Who sees which fields: what the workflow declares and what the roles were given."""

import pytest

from approvals.visibility import EVERYTHING, HIDDEN, Sight, sight_of, sights_of
from orchestrator.people.rights import Right
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.field_classes import FieldClass, kept_fields
from tests.factories import create_proposal, create_workflow, get_user
from tests.sight import keep, show

pytestmark = pytest.mark.req("B6")
KEPT = {"Lead.Phone": FieldClass.PERSONAL, "Deal.Margin": FieldClass.SENSITIVE}


class TestSight:
    def test_hides_what_no_right_shows(self):
        sight = Sight(KEPT, frozenset({Right.VIEW, Right.VIEW_PERSONAL}))

        assert sight.value("Lead", "Phone", "+49 1") == "+49 1"
        assert sight.value("Deal", "Margin", 0.31) is HIDDEN
        assert not sight.whole

    def test_shows_what_nobody_declared(self):
        assert EVERYTHING.whole
        assert not Sight(KEPT).hides("Lead", "Company")

    def test_gives_personal_and_sensitive_separately(self):
        sight = Sight(KEPT, frozenset({Right.VIEW_SENSITIVE}))

        assert sight.hides("Lead", "Phone")
        assert not sight.hides("Deal", "Margin")

    def test_names_the_hidden_fields_of_a_change_once(self):
        wanted = [("Lead", "Phone"), ("Lead", "Phone"), ("Lead", "City"), ("Deal", "Margin")]

        assert Sight(KEPT).hidden_among(wanted) == ["Deal.Margin", "Lead.Phone"]


class TestKeptFields:
    def test_hides_nothing_until_a_workflow_says_so(self):
        workflow = create_workflow_definition({"Lead.Phone": {"system_of_record": "crm"}})

        assert kept_fields(workflow) == {}

    def test_keeps_personal_and_sensitive_fields(self):
        workflow = create_workflow_definition(
            {"Lead.Phone": {"class": "personal"}, "Lead.City": {"class": "public"}}
        )

        assert kept_fields(workflow) == {"Lead.Phone": FieldClass.PERSONAL}

    def test_stores_the_class_under_the_name_that_a_file_gives_it(self):
        workflow = create_workflow_definition({"Lead.Phone": {"class": "personal"}})
        stored = workflow.model_dump(mode="json", exclude_defaults=True)

        assert stored["fields"] == {"Lead.Phone": {"class": "personal"}}
        assert WorkflowDefinition.model_validate(stored) == workflow


@pytest.mark.django_db
class TestSightOf:
    def test_asks_nothing_where_nothing_is_kept(self, proposal, django_assert_num_queries):
        ben = get_user("ben")
        assert sight_of(person=ben, proposal=proposal).whole

        with django_assert_num_queries(0):
            assert sight_of(person=ben, proposal=proposal).whole

    def test_follows_the_version_in_force_for_older_proposals_too(self, proposal):
        keep(proposal.workflow, NextStep="sensitive")
        proposal.workflow.refresh_from_db()

        assert sight_of(person=get_user("ben"), proposal=proposal).hides("Opportunity", "NextStep")

    def test_shows_a_kept_field_to_a_role_that_was_given_the_right(self, proposal):
        keep(proposal.workflow, NextStep="sensitive")
        show(proposal.workflow, "deal-desk", Right.VIEW_SENSITIVE)
        proposal.workflow.refresh_from_db()

        assert sight_of(person=get_user("ben"), proposal=proposal).whole
        assert not sight_of(person=get_user("cleo"), proposal=proposal).whole

    def test_needs_one_query_for_a_page(self, crm, record, django_assert_num_queries):
        first, second = create_workflow(), create_workflow(slug="lead-hygiene")
        keep(first, NextStep="sensitive")
        create_proposal(workflow=first)
        ben, ids = get_user("ben"), [first.pk, second.pk]
        sights_of(person=ben, workflow_ids=ids)

        with django_assert_num_queries(1):
            sights = sights_of(person=ben, workflow_ids=ids)

        assert sights[first.pk].hides("Opportunity", "NextStep")
        assert sights[second.pk].whole

    def test_shows_nothing_kept_to_an_account_that_was_closed(self, proposal):
        keep(proposal.workflow, NextStep="sensitive")
        show(proposal.workflow, "deal-desk", Right.VIEW_SENSITIVE)
        ben = get_user("ben")
        ben.is_active = False
        ids = [proposal.workflow_id]

        assert not sights_of(person=ben, workflow_ids=ids)[proposal.workflow_id].whole


def create_workflow_definition(fields: dict[str, object]) -> WorkflowDefinition:
    """Return the smallest definition with these declared fields."""
    return WorkflowDefinition.model_validate(
        {
            "workflow": "leads",
            "title": "Leads",
            "org": "acme",
            "owner": "dora",
            "actions": {
                "enrich": {"object": "Lead", "fields": {"City": {}}, "policy": "automatic"}
            },
            "fields": fields,
        }
    )
