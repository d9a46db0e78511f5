"""What follows from an approval, in words that are true."""

from types import SimpleNamespace

import pytest

from approvals.consequences import Ahead, consequences
from orchestrator.workflows.definition import ActionDefinition, FieldRule

pytestmark = pytest.mark.req("A5")


def update(*fields, operation="update"):
    return SimpleNamespace(
        operation=operation, object_name="Opportunity", fields=dict.fromkeys(fields, 1)
    )


def action(**more):
    return ActionDefinition(
        object="Opportunity",
        fields={"StageName": FieldRule()},
        **{"policy": "human_in_loop", **more},
    )


def told(**more):
    given = {
        "changes": [update("StageName", "Amount")],
        "action": action(),
        "org_kind": "salesforce",
    }
    return " ".join(each.text for each in consequences(Ahead(**{**given, **more})))


class TestConsequences:
    def test_count_what_is_written(self):
        assert "One call to the CRM writes 2 fields of 1 record." in told()

    def test_say_that_several_happen_together_or_not_at_all(self):
        changes = [update("A"), update("Subject", operation="create"), update(operation="delete")]

        assert (
            "writes 1 field of 1 record, creates 1 record and deletes 1 record, all or nothing."
            in (told(changes=changes))
        )

    def test_name_the_seconds_in_which_it_can_be_undone(self):
        words = told(undo_seconds=5)

        assert "written after 5 seconds; until then you can undo it" in words
        assert "undo it" not in told(undo_seconds=0)

    def test_do_not_promise_a_write_while_others_have_to_agree(self):
        words = told(votes_missing=2, stages_after=["Finance"])

        assert "1 more approval of this stage and the approval of Finance must follow" in words
        assert "last approval needed" not in words

    def test_say_that_it_cannot_be_undone(self):
        assert "cannot be undone" in told(action=action(reversible=False))
        assert "cannot be undone" in told(action=None)

    def test_say_how_the_workflow_undoes_it_and_what_else_is_to_do(self):
        words = told(
            action=action(reversible={"how": "restore_fields", "also": ["close_follow_up_tasks"]})
        )

        assert "How: restore fields. Along with it: close follow up tasks." in words

    def test_do_not_call_a_deleted_record_reversible(self):
        words = told(changes=[update(operation="delete")])

        assert "in part: a deleted record is made again under another id" in words

    def test_speak_of_no_crm_where_our_own_configuration_changes(self):
        words = told(org_kind="control")

        assert "Nothing is written to the CRM" in words
        assert "Automation" not in words
