"""Our own configuration, changed the way the CRM is changed."""

import datetime as dt
from typing import Any

import pytest

from audit.models import Entry
from orchestrator.connectors.base import GuardedChange, RecordKey, WriteUnit
from orchestrator.connectors.control.connector import ControlConnector
from orchestrator.connectors.errors import ErrorClass
from orchestrator.kernel.actors import system
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows import operations
from orchestrator.workflows.models import Workflow, WorkflowVersion
from tests.registry_factories import AT, create_workflow

LATER = AT + dt.timedelta(hours=1)
KEY = RecordKey("Workflow", "deal-hygiene")

pytestmark = pytest.mark.django_db


@pytest.fixture
def workflow():
    return create_workflow(slug=KEY.record_id, mode="propose")


@pytest.fixture
def connector(workflow):
    return ControlConnector(now=lambda: LATER)


def second_version(workflow: Workflow) -> WorkflowVersion:
    """Add a version that is not in force."""
    source = workflow.versions.get(number=1).source.replace("title:", "title: New", 1)
    return operations.add_version(
        source=source, by=system("test"), at=AT, note="", check_condition=compile_condition
    )


def write(connector: ControlConnector, *, operation: str = "update", **fields: Any) -> Any:
    snapshot = connector.read({KEY: ["mode", "version"]})[KEY]
    change = GuardedChange(operation, *KEY, "", fields, snapshot)
    unit = WriteUnit("cmt_1", [change], proposal_id="prp_7", reason="Gates were met.")
    return connector.write([unit])[0]


class TestRead:
    def test_gives_mode_and_version(self, connector):
        snapshot = connector.read({KEY: ["mode", "version"]})[KEY]
        assert snapshot.values == {"mode": "propose", "version": 1}
        assert snapshot.parent_key == "Workflow/deal-hygiene"

    def test_asks_the_database_once(self, connector, django_assert_num_queries):
        others = [RecordKey("Workflow", f"other-{number}") for number in range(50)]
        with django_assert_num_queries(1):
            connector.read({key: ["mode"] for key in [KEY, *others]})


class TestWrite:
    def test_raises_the_mode_and_names_the_proposal_in_the_ledger(self, connector, workflow):
        assert write(connector, mode="execute").written
        workflow.refresh_from_db()
        assert workflow.mode == "execute"
        entry = Entry.objects.get(event="workflow.mode_changed")
        assert entry.detail == {
            "left": "propose", "to": "execute", "reason": "Gates were met.", "proposal": "prp_7",
        }  # fmt: skip
        assert (entry.actor_kind, entry.at) == ("system", LATER)

    def test_lowers_the_mode_so_that_a_promotion_can_be_rolled_back(self, connector, workflow):
        assert write(connector, mode="observe").written
        workflow.refresh_from_db()
        assert workflow.mode == "observe"

    def test_does_not_skip_a_rung(self, connector, workflow):
        Workflow.objects.update(mode="observe")
        result = write(connector, mode="execute")
        assert (result.fault.error_class, result.fault.code) == (
            ErrorClass.VALIDATION,
            "not_one_rung_up",
        )

    def test_puts_a_version_in_force(self, connector, workflow):
        version = second_version(workflow)
        assert write(connector, version=version.number).written
        workflow.refresh_from_db()
        assert workflow.current_version == version

    @pytest.mark.parametrize("number", [99, "two", None])
    def test_refuses_a_version_that_is_not_there(self, connector, number):
        assert write(connector, version=number).fault.error_class is ErrorClass.VALIDATION

    def test_is_a_conflict_when_another_version_was_put_in_force_meanwhile(
        self, connector, workflow
    ):
        snapshot = connector.read({KEY: ["mode"]})[KEY]
        version = second_version(workflow)
        operations.publish(version=version, reason="Faster.", by=system("test"), at=AT)
        change = GuardedChange("update", *KEY, "", {"mode": "execute"}, snapshot)
        [result] = connector.write([WriteUnit("cmt_1", [change])])
        assert result.fault.error_class is ErrorClass.CONFLICT
        workflow.refresh_from_db()
        assert workflow.mode == "propose"

    def test_is_a_conflict_without_a_guard(self, connector):
        change = GuardedChange("update", *KEY, "", {"mode": "execute"}, None)
        [result] = connector.write([WriteUnit("cmt_1", [change])])
        assert result.fault.error_class is ErrorClass.CONFLICT

    @pytest.mark.parametrize("operation", ["create", "delete"])
    def test_neither_adds_nor_deletes_workflows(self, connector, operation):
        result = write(connector, operation=operation)
        assert result.fault.error_class is ErrorClass.VALIDATION
        assert Workflow.objects.filter(slug=KEY.record_id).exists()
