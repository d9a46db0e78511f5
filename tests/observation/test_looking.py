"""What is watched, when it is looked at, and what the looks come to."""

import dataclasses
import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from approvals.content import DraftChange
from approvals.models import Proposal
from orchestrator.connectors.errors import Transient
from orchestrator.observation import enrolment, looking
from orchestrator.observation.models import Observation
from tests.factories import AT, create_draft, create_proposal, create_workflow
from tests.fake_connector import COLLEAGUE, OBJECTS, WRITER
from tests.observation.scene import DAY, END, deal, look, observed, results

pytestmark = [pytest.mark.django_db, pytest.mark.req("J7")]


class TestEnrolment:
    def test_takes_up_what_was_only_observed_once(self, crm):
        deal(crm)
        proposal = observed(StageName="Qualification")

        assert enrolment.enrol(at=AT) == 1
        assert enrolment.enrol(at=AT) == 0
        row = Observation.objects.get()
        assert (row.proposal_id, row.state) == (proposal.pk, "watching")
        assert (row.starts_at, row.due_at, row.ends_at) == (AT, AT + DAY, END)

    def test_leaves_alone_what_people_were_asked_about(self, crm):
        deal(crm)
        create_proposal(state="in_review")

        assert enrolment.enrol(at=AT) == 0

    def test_leaves_alone_what_is_older_than_an_observation_lasts(self, crm):
        deal(crm)
        observed(StageName="Qualification")

        assert enrolment.enrol(at=END + dt.timedelta(seconds=1)) == 0

    def test_finds_what_was_committed_a_little_late(self, crm):
        deal(crm)
        observed(StageName="Qualification")
        create_proposal(state="observed", at=AT + dt.timedelta(minutes=30))
        late = Proposal.objects.earliest("created_at")
        enrolment.enrol(at=AT + dt.timedelta(hours=1))
        Observation.objects.filter(proposal=late).delete()

        assert enrolment.enrol(at=AT + dt.timedelta(hours=1)) == 1

    def test_walks_the_index_of_endings(self, crm):
        deal(crm)
        observed(StageName="Qualification")
        with CaptureQueriesContext(connection) as captured:
            enrolment.enrol(at=AT)
        search = next(q["sql"] for q in captured if '"approvals_proposal"' in q["sql"])
        with connection.cursor() as cursor:
            # A table of one row says nothing by itself: have it walked in order.
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute(f"EXPLAIN {search}")
            plan = "\n".join(line for (line,) in cursor.fetchall())

        assert "proposal_by_ending" in plan


class TestTheLooks:
    def test_come_daily_and_once_more_at_the_end(self, crm):
        deal(crm)
        observed(StageName="Qualification")
        at = AT
        looked: list[Observation] = []
        while not looked or looked[-1].state == "watching":
            at += dt.timedelta(hours=1)
            looked.append(look(at))

        assert (looked[-1].looks, looked[-1].scored_at) == (7, END)
        assert looked[-1].result == "untouched"

    def test_read_all_that_is_due_together(self, crm):
        create_workflow(mode="observe")
        for number in range(1, 31):
            key = f"006{number:012d}"
            crm.add("Opportunity", key, StageName="Prospecting", Amount=1.0)
            draft = create_draft(record_id=next(reversed(crm.records)).record_id)
            create_proposal(state="observed", draft=draft)
        enrolment.enrol(at=AT)
        crm.reads.clear()

        assert looking.look_due(at=AT + DAY) == 30
        assert [len(call) for call in crm.reads] == [30]

    def test_ask_no_more_for_what_is_settled(self, crm):
        key = deal(crm)
        observed(StageName="Qualification")
        crm.edit(key, StageName="Qualification")
        look(AT + DAY)
        crm.reads.clear()

        look(AT + 2 * DAY)

        assert crm.reads == []

    def test_are_put_off_while_the_crm_does_not_answer(self, crm):
        deal(crm)
        observed(StageName="Qualification")
        enrolment.enrol(at=AT)
        crm.fail_reads = Transient("Busy.")

        first = look(AT + DAY)
        second = look(first.due_at)
        crm.fail_reads = None
        third = look(second.due_at)

        assert [first.due_at - (AT + DAY), second.due_at - first.due_at] == [
            looking.FIRST_WAIT,
            2 * looking.FIRST_WAIT,
        ]
        assert (third.looks, third.attempts) == (1, 0)

    def test_are_taken_over_from_a_worker_that_died(self, crm):
        deal(crm)
        observed(StageName="Qualification")
        enrolment.enrol(at=AT)
        looking._claim(10, AT + DAY)

        assert looking.look_due(at=AT + DAY) == 0
        assert looking.look_due(at=AT + DAY + looking.LEASE) == 1

    def test_write_nothing(self, crm):
        deal(crm)
        observed(StageName="Qualification")

        look(END)

        assert crm.writes == []


class TestTheResult:
    def test_is_agreed_if_people_did_the_same(self, crm):
        key = deal(crm)
        observed(StageName="Qualification", NextStep="Call")
        crm.edit(key, StageName="Qualification")
        look(AT + DAY)
        crm.edit(key, StageName="Negotiation", NextStep="Call")

        scored = look(END)

        assert (scored.state, scored.result) == ("scored", "agreed")
        (line,) = (each for each in scored.fields if each["field"] == "StageName")
        assert (line["value"], line["by"]) == ("Qualification", COLLEAGUE)

    def test_is_partly_if_they_did_some_of_it(self, crm):
        key = deal(crm)
        observed(StageName="Qualification", NextStep="Call")
        crm.edit(key, StageName="Qualification")

        scored = look(END)

        assert scored.result == "partly"
        assert results(scored) == {"StageName": "agreed", "NextStep": "untouched"}

    def test_is_differed_if_they_did_something_else(self, crm):
        key = deal(crm)
        observed(StageName="Qualification")
        crm.edit(key, StageName="Negotiation")

        scored = look(END)

        assert (scored.result, scored.fields[0]["value"]) == ("differed", "Negotiation")

    def test_is_not_agreement_if_we_wrote_it_ourselves(self, crm):
        key = deal(crm)
        observed(StageName="Qualification")
        crm.edit(key, StageName="Qualification")
        crm.stamps[key] = (*crm.stamps[key][:2], WRITER)

        assert look(END).result == "untouched"

    def test_leaves_out_what_was_so_already(self, crm):
        key = deal(crm, StageName="Qualification")
        observed(StageName="Qualification", NextStep="Call")
        crm.edit(key, NextStep="Call")

        scored = look(END)

        assert scored.result == "agreed"
        assert results(scored) == {"StageName": "already_so", "NextStep": "agreed"}

    def test_is_gone_with_the_record(self, crm):
        key = deal(crm)
        observed(StageName="Qualification")
        crm.remove(key)

        assert look(END).result == "gone"

    def test_of_a_deletion_is_agreed_if_somebody_deleted_it(self, crm):
        key = crm.add("Account", "001000000000009AAA", Name="Old firm")
        observed(
            DraftChange(operation="delete", object_name="Account", record_id=key.record_id),
            action="fix_accounts",
        )
        crm.remove(key)

        assert look(END).result == "agreed"

    def test_of_a_creation_is_not_comparable(self, crm):
        observed(
            DraftChange(operation="create", object_name="Lead", fields={"Name": "Ann"}),
            action="enrich_lead",
        )

        assert look(END).result == "not_comparable"

    def test_of_a_creation_with_a_key_of_its_own_is_found_by_it(self, crm):
        observed(
            DraftChange(
                operation="create", object_name="Lead", external_id="crm-7", fields={"Name": "Ann"}
            ),
            action="enrich_lead",
        )
        crm.by_external_id["Lead", "crm-7"] = crm.add("Lead", "00Q000000000001AAA", Name="Ann")

        assert look(END).result == "agreed"

    def test_is_not_comparable_if_the_field_cannot_be_read(self, crm):
        deal(crm)
        observed(StageName="Qualification")
        look(AT)
        fields = dict(OBJECTS["Opportunity"].fields)
        del fields["StageName"]
        crm.objects["Opportunity"] = dataclasses.replace(OBJECTS["Opportunity"], fields=fields)

        assert results(look(AT + DAY)) == {"StageName": "untouched"}
        assert look(END).result == "not_comparable"


def test_the_database_refuses_a_score_without_a_result(crm):
    deal(crm)
    observed(StageName="Qualification")
    look(AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.update(state="scored", scored_at=AT)
