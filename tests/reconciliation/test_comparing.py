"""What a run finds: value by value, against what our latest write left."""

import dataclasses
import datetime as dt

import pytest

from orchestrator.commits.models import Commit
from orchestrator.connectors.base import FieldDescription
from orchestrator.reconciliation.models import Finding
from tests.commits.scene import approve, drain
from tests.factories import AT
from tests.fake_connector import COLLEAGUE, OBJECTS, WRITER
from tests.reconciliation.scene import (
    LATER,
    committed,
    created,
    deleted,
    only_finding,
    reconcile,
)

pytestmark = pytest.mark.django_db


@pytest.mark.req("D3")
class TestWhatARunFinds:
    def test_counts_what_is_as_written_and_stores_nothing_of_it(self, crm):
        committed(crm, StageName="Qualification", NextStep="Call")

        run = reconcile()

        assert (run.state, run.records_checked, run.fields_checked) == ("finished", 1, 2)
        assert (run.records_as_written, run.differences) == (1, 0)
        assert not Finding.objects.exists()

    def test_tells_who_changed_a_value_and_when(self, crm):
        key = committed(crm, StageName="Qualification")
        crm.at = AT + dt.timedelta(hours=1)
        crm.edit(key, StageName="Negotiation")

        run = reconcile()

        found = only_finding()
        assert (found.kind, found.field) == ("changed_by_person", "StageName")
        assert (found.expected, found.actual) == ("Qualification", "Negotiation")
        assert (found.modified_by, found.modified_at) == (COLLEAGUE, crm.at)
        assert not found.reverted_by_hand
        assert (run.by_person, run.records_different) == (1, 1)

    def test_notes_that_a_person_took_our_write_back(self, crm):
        key = committed(crm, StageName="Qualification")
        crm.edit(key, StageName="Prospecting")

        assert reconcile().reverted_by_hand == 1
        assert only_finding().reverted_by_hand

    def test_expects_what_the_crm_made_of_the_write_not_what_was_asked(self, crm):
        committed(crm, StageName="Qualification")
        commit = Commit.objects.get()
        commit.after[0]["values"]["StageName"] = "Qualification (auto)"
        Commit.objects.update(after=commit.after)
        key = next(iter(crm.records))
        crm.records[key]["StageName"] = "Qualification (auto)"

        assert reconcile().differences == 0

    def test_expects_the_latest_of_several_writes(self, crm):
        key = committed(crm, StageName="Qualification")
        approve(key, at=AT + dt.timedelta(minutes=10), StageName="Proposal")
        drain(at=AT + dt.timedelta(minutes=11))

        run = reconcile()

        assert (run.records_checked, run.fields_checked, run.differences) == (1, 1, 0)

    def test_knows_a_value_that_moved_while_nobody_saved_as_automation(self, crm):
        key = committed(crm, StageName="Qualification")
        crm.records[key]["StageName"] = "Negotiation"

        assert reconcile().by_automation == 1

    def test_knows_the_users_that_automation_runs_as(self, crm, settings):
        key = committed(crm, StageName="Qualification")
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "crm_automation_users": [COLLEAGUE[:15]]}
        crm.edit(key, StageName="Negotiation")

        assert reconcile().by_automation == 1

    def test_sees_the_person_behind_a_later_write_of_our_own(self, crm):
        key = committed(crm, StageName="Qualification")
        crm.edit(key, StageName="Negotiation")
        approve(key, at=AT + dt.timedelta(minutes=10), NextStep="Call")
        drain(at=AT + dt.timedelta(minutes=11))
        assert crm.stamps[key][2] == WRITER

        reconcile()

        found = only_finding()
        assert (found.kind, found.modified_by) == ("changed_by_person", COLLEAGUE)

    def test_finds_a_record_that_is_gone(self, crm):
        crm.remove(committed(crm, StageName="Qualification"))

        assert reconcile().missing == 1
        assert (only_finding().field, only_finding().reverted_by_hand) == ("", False)

    def test_takes_a_deleted_creation_for_a_reversal(self, crm):
        crm.remove(created(crm, Name="Ann"))

        assert reconcile().reverted_by_hand == 1
        assert only_finding().kind == "missing"

    def test_expects_a_created_record_to_be_there(self, crm):
        created(crm, Name="Ann", Industry="Shipping")

        run = reconcile()

        assert (run.records_checked, run.fields_checked, run.differences) == (1, 2, 0)

    def test_expects_a_deleted_record_to_be_gone(self, crm):
        deleted(crm)

        run = reconcile()

        assert (run.records_checked, run.differences) == (1, 0)

    def test_finds_a_deleted_record_that_is_back(self, crm):
        key = deleted(crm)
        crm.add("Account", key.record_id, Name="Old firm")

        assert reconcile().by_person == 1
        assert (only_finding().expected, only_finding().actual) == ("deleted", "there")
        assert only_finding().reverted_by_hand

    def test_says_that_a_field_can_no_longer_be_read(self, crm):
        committed(crm, StageName="Qualification", NextStep="Call")
        fields = dict(OBJECTS["Opportunity"].fields)
        del fields["NextStep"]
        crm.objects["Opportunity"] = dataclasses.replace(OBJECTS["Opportunity"], fields=fields)

        run = reconcile()

        assert (run.unreadable, run.fields_checked) == (1, 2)
        assert only_finding().field == "NextStep"

    def test_says_that_a_whole_object_can_no_longer_be_read(self, crm):
        committed(crm, StageName="Qualification", NextStep="Call")
        del crm.objects["Opportunity"]

        assert reconcile().unreadable == 2

    def test_leaves_what_is_older_than_the_horizon_alone(self, crm):
        committed(crm, StageName="Qualification")

        assert reconcile(at=LATER + dt.timedelta(days=91)).records == 0


def test_a_field_that_only_the_description_lacks_is_never_asked_for(crm):
    committed(crm, StageName="Qualification", NextStep="Call")
    fields = {"StageName": OBJECTS["Opportunity"].fields["StageName"]}
    assert isinstance(fields["StageName"], FieldDescription)
    crm.objects["Opportunity"] = dataclasses.replace(OBJECTS["Opportunity"], fields=fields)
    crm.reads.clear()

    reconcile()

    assert [names for call in crm.reads for names in call.values()] == [["StageName"]]
