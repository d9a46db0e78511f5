"""The workflow through which our own configuration is changed."""

import pytest

from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows import operations
from orchestrator.workflows.configuration import ensure_configuration_workflow
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of
from tests.registry_factories import AT, SETUP, create_cast, get_user
from tests.workflows.scene import events

pytestmark = pytest.mark.django_db


class TestConfigurationWorkflow:
    def ensure(self):
        return ensure_configuration_workflow(
            owner=get_user("dora"), by=SETUP, at=AT, check_condition=compile_condition
        )

    def test_asks_people_from_the_start(self):
        create_cast()

        workflow = self.ensure()

        assert (workflow.mode, workflow.org.kind) == ("propose", "control")
        actions = definition_of(workflow.current_version_id).actions
        assert set(actions) == {"change_mode", "publish_version"}
        assert all(action.policy == "human_only" for action in actions.values())

    def test_cannot_be_silenced(self):
        create_cast()
        workflow = self.ensure()

        with pytest.raises(operations.AlwaysAsks):
            operations.lower_mode(workflow=workflow, to="observe", reason="Quiet.", by=SETUP, at=AT)

        assert Workflow.objects.get().mode == "propose"

    def test_is_made_once(self):
        create_cast()

        assert self.ensure() == self.ensure()
        assert len(events("workflow.created")) == 1
