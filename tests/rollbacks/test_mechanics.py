"""Which actions go back, and what is left to people."""

import pytest

from orchestrator.rollbacks.mechanics import by_hand, obstacle
from orchestrator.workflows.definition import ActionDefinition


def action(reversible) -> ActionDefinition:
    return ActionDefinition.model_validate(
        {
            "object": "Lead",
            "fields": {"Name": {}},
            "policy": "human_in_loop",
            "reversible": reversible,
        }
    )


@pytest.mark.req("D1")
class TestAnAction:
    @pytest.mark.parametrize("how", ["restore_fields", "delete_created", "bulk_delete"])
    def test_goes_back_in_the_ways_that_we_know(self, how):
        assert obstacle(action({"how": how}), "enrich") == ""
        assert obstacle(action(True), "enrich") == ""

    def test_that_cannot_be_undone_stays(self):
        assert obstacle(action(False), "send_mail") == (
            "The workflow says that send_mail cannot be undone."
        )

    @pytest.mark.parametrize("how", ["manual", "revert_mapping", "call_the_customer"])
    def test_that_only_people_can_undo_stays(self, how):
        assert how.replace("_", " ") in obstacle(action({"how": how}), "convert")

    def test_that_its_workflow_no_longer_knows_stays(self):
        assert "no longer knows" in obstacle(None, "enrich")


@pytest.mark.req("D1")
class TestFollowUps:
    def test_are_told_once_where_they_are_for_people(self):
        actions = [("change_stage", action({"how": "restore_fields", "also": [step]})) for step in (
            "close_follow_up_tasks", "close_follow_up_tasks", "revert_batch", "tell_the_rep",
        )]  # fmt: skip

        assert by_hand(actions) == [
            "change_stage: Close the tasks that people or the CRM made because of the change.",
            "change_stage: tell the rep.",
        ]
