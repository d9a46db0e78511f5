"""Versions are immutable; the first is in force at once, later ones wait."""

import pytest
from django.db import ProgrammingError, transaction

from orchestrator.calendars.models import Calendar
from orchestrator.people import permissions
from orchestrator.people.models import User
from orchestrator.workflows import operations
from orchestrator.workflows.loader import BadWorkflowFile
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.queries import definition_of
from tests.calendars.scene import create_calendar
from tests.registry_factories import (
    AT,
    SETUP,
    create_cast,
    create_org,
    create_role,
    create_user,
    create_workflow,
    get_user,
)
from tests.workflows.scene import add, events
from tests.workflows.test_loader import EXAMPLE, SMALL

pytestmark = pytest.mark.django_db
OTHER = SMALL.replace("title: Small", "title: Smaller")


@pytest.fixture
def _scene():
    create_cast()
    create_org()


@pytest.mark.req("G1")
@pytest.mark.usefixtures("_scene")
class TestAddVersion:
    def test_puts_the_first_version_in_force_in_observe_mode(self):
        version = add(SMALL)

        workflow = Workflow.objects.get()
        assert (workflow.mode, workflow.current_version) == ("observe", version)
        names = ("workflow.created", "workflow.version_added", "workflow.version_published")
        assert [line.event for line in events(*names)] == list(names)

    def test_gives_the_same_content_the_version_it_has(self):
        first = add(SMALL)
        again = add("# Only a comment more.\n" + SMALL.replace("{ Name: {} }", "{Name: {}}"))

        assert again == first
        assert WorkflowVersion.objects.count() == 1

    def test_lets_a_later_version_wait(self):
        first, second = add(SMALL), add(OTHER, note="Shorter.")

        workflow = Workflow.objects.get()
        assert (second.number, second.note) == (2, "Shorter.")
        assert (workflow.current_version, workflow.title) == (first, "Small")

    def test_keeps_what_was_written_and_reads_it_back(self):
        version = add(SMALL)

        assert version.source == SMALL
        assert definition_of(version.pk).title == "Small"

    def test_reads_a_version_from_the_database_once(self, django_assert_num_queries):
        version = add(SMALL)
        definition_of(version.pk)

        with django_assert_num_queries(0):
            definition_of(version.pk)

    @pytest.mark.parametrize("change", [{"note": "x"}, {"definition": {}}, {"digest": "x"}])
    def test_makes_versions_that_the_database_refuses_to_change(self, change):
        version = add(SMALL)

        with (
            pytest.raises(ProgrammingError, match="Cannot update or delete"),
            transaction.atomic(),
        ):
            WorkflowVersion.objects.filter(pk=version.pk).update(**change)
        with (
            pytest.raises(ProgrammingError, match="Cannot update or delete"),
            transaction.atomic(),
        ):
            WorkflowVersion.objects.filter(pk=version.pk)._raw_delete("default")

    @pytest.mark.req("A2")
    def test_refuses_names_that_lead_nowhere_with_their_lines(self):
        create_role(slug="lonely")
        create_role(slug="pair", members=[create_user(), create_user()])
        source = SMALL.replace("acme-prod", "nowhere").replace("dora", "nobody") + (
            "    stages:\n"
            "      - { role: unknown }\n"
            "      - { role: lonely }\n"
            "      - { role: pair, quorum: 3 }\n"
            "      - { role: pair, quorum: all }\n"
        )

        with pytest.raises(BadWorkflowFile) as refusal:
            add(source)

        assert [(problem.line, problem.path) for problem in refusal.value.problems] == [
            (3, "org"), (4, "owner"), (11, "actions.rename.stages[0].role"),
            (12, "actions.rename.stages[1].role"), (13, "actions.rename.stages[2].role"),
        ]  # fmt: skip
        assert not Workflow.objects.exists()

    def test_needs_ops_owners_where_no_stage_always_applies(self):
        User.objects.filter(username="dora").update(is_active=False)

        with pytest.raises(BadWorkflowFile) as refusal:
            add(SMALL.replace("dora", "eve"))

        assert [problem.path for problem in refusal.value.problems] == ["actions.rename"]

    def test_keeps_a_workflow_in_its_org(self):
        add(SMALL)
        create_org(slug="other-org")

        with pytest.raises(BadWorkflowFile, match="keeps its org"):
            add(OTHER.replace("acme-prod", "other-org"))

    def test_takes_the_example_as_it_stands(self):
        create_user(username="ops-owner")
        create_role(slug="risk-owner", members=[create_user()])
        create_calendar(slug="sales-emea")

        version = add(EXAMPLE)

        assert version.workflow.owner.username == "ops-owner"

    @pytest.mark.req("A5", "G1")
    def test_refuses_a_calendar_that_does_not_exist_with_its_line(self):
        with pytest.raises(BadWorkflowFile) as refused:
            add(SMALL + "sla:\n  decide_within: 4 business hours\n  calendar: sales-mars\n")

        (problem,) = refused.value.problems
        assert (problem.line, problem.path) == (12, "sla.calendar")
        assert "no calendar 'sales-mars'; make it under Calendars" in problem.message


@pytest.mark.req("G1")
@pytest.mark.usefixtures("_scene")
class TestPublish:
    def publish(self, version, reason="Better."):
        return operations.publish(version=version, reason=reason, by=SETUP, at=AT)

    @pytest.mark.req("A5")
    def test_refuses_a_version_whose_calendar_is_not_there(self):
        create_calendar()
        add(SMALL)
        waiting = add(OTHER + "sla: { calendar: sales-emea }\n")
        Calendar.objects.all().delete()

        with pytest.raises(operations.UnknownCalendar, match="sales-emea"):
            self.publish(waiting)

    def test_puts_it_in_force_with_its_title_and_owner(self):
        add(SMALL)
        version = add(OTHER.replace("dora", "eve"))

        assert self.publish(version) is True

        workflow = Workflow.objects.get()
        assert (workflow.current_version, workflow.title) == (version, "Smaller")
        assert workflow.owner.username == "eve"
        detail = events("workflow.version_published")[-1].detail
        assert (detail["previous"], detail["number"]) == (1, 2)

    def test_goes_back_to_an_earlier_version_too(self):
        first = add(SMALL)
        self.publish(add(OTHER))

        self.publish(first, "The new one asks too much.")

        assert Workflow.objects.get().current_version == first

    def test_changes_nothing_for_the_version_in_force(self):
        version = add(SMALL)

        assert self.publish(version) is False
        assert len(events("workflow.version_published")) == 1

    def test_wants_a_reason(self):
        add(SMALL)

        with pytest.raises(operations.ReasonMissing):
            self.publish(add(OTHER), " ")

    @pytest.mark.req("B5")
    def test_lets_the_roles_that_are_asked_decide_and_ops_owners_administer(self):
        workflow = create_workflow()
        ben, dora, eve = get_user("ben"), get_user("dora"), get_user("eve")

        rights = [
            (permissions.may_decide(who, workflow), permissions.may_administer(who, workflow))
            for who in (ben, dora, eve)
        ]

        assert rights == [(True, False), (True, True), (False, False)]
