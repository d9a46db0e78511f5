"""Modes go down at once by any number of rungs, and up by one that was decided."""

import pytest

from orchestrator.kernel.states import StaleState
from orchestrator.workflows import operations
from orchestrator.workflows.models import Workflow
from tests.registry_factories import AT, SETUP, create_workflow, get_user
from tests.workflows.scene import events

pytestmark = pytest.mark.django_db


@pytest.mark.req("G6")
class TestLowerMode:
    def lower(self, workflow, to, reason="Odd figures."):
        operations.lower_mode(
            workflow=workflow, to=to, reason=reason, by=get_user("dora").actor, at=AT
        )

    @pytest.mark.parametrize(
        ("left", "to"), [("execute", "propose"), ("execute", "observe"), ("propose", "observe")]
    )
    def test_works_at_once_over_any_number_of_rungs(self, left, to):
        workflow = create_workflow(mode=left)

        self.lower(workflow, to)

        assert Workflow.objects.get().mode == workflow.mode == to
        (line,) = events("workflow.mode_changed")
        assert line.actor_id == "dora"
        assert line.detail == {"left": left, "to": to, "reason": "Odd figures."}

    @pytest.mark.parametrize(
        ("left", "to"), [("observe", "propose"), ("propose", "execute"), ("propose", "propose")]
    )
    def test_never_goes_up_or_stays(self, left, to):
        workflow = create_workflow(mode=left)

        with pytest.raises(operations.NotAStepDown):
            self.lower(workflow, to)

        assert Workflow.objects.get().mode == left

    def test_judges_by_the_mode_that_is_stored(self):
        workflow = create_workflow(mode="execute")
        Workflow.objects.update(mode="observe")

        with pytest.raises(operations.NotAStepDown):
            self.lower(workflow, "propose")

    def test_wants_a_reason(self):
        with pytest.raises(operations.ReasonMissing):
            self.lower(create_workflow(mode="execute"), "observe", "")


@pytest.mark.req("G6")
class TestRaiseMode:
    def raise_to(self, workflow, to):
        operations.raise_mode(
            workflow=workflow, to=to, reason="Gates met.", proposal="prp_1", by=SETUP, at=AT
        )

    def test_goes_up_one_rung_and_names_the_proposal(self):
        workflow = create_workflow(mode="observe")

        self.raise_to(workflow, "propose")

        assert Workflow.objects.get().mode == "propose"
        assert events("workflow.mode_changed")[0].detail["proposal"] == "prp_1"

    @pytest.mark.parametrize(
        ("left", "to"), [("observe", "execute"), ("execute", "propose"), ("observe", "observe")]
    )
    def test_refuses_anything_else(self, left, to):
        workflow = create_workflow(mode=left)

        with pytest.raises(operations.NotOneRungUp):
            self.raise_to(workflow, to)

        assert Workflow.objects.get().mode == left

    def test_never_writes_over_a_switch_that_came_first(self, monkeypatch):
        workflow = create_workflow(mode="observe")
        stale = Workflow.objects.get()
        Workflow.objects.update(mode="execute")
        monkeypatch.setattr(operations, "_lock", lambda _: stale)

        with pytest.raises(StaleState):
            self.raise_to(workflow, "propose")

        assert Workflow.objects.get().mode == "execute"
