"""The life of a commit, against a CRM in memory."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.content import DraftChange
from approvals.models import Revision
from audit import queries as ledger
from orchestrator.commits.models import Attempt, Commit, Hold
from tests.commits.scene import (
    SOON,
    approve,
    approve_automatically,
    approve_changes,
    commit_of,
    drain,
    opportunity,
    state_of,
)

pytestmark = pytest.mark.django_db
LATER = SOON + dt.timedelta(minutes=10)


class TestDrain:
    @pytest.mark.req("E1", "C1")
    def test_writes_what_was_approved_and_says_who_why_and_how_to_undo_it(self, crm):
        key = opportunity(crm)
        proposal = approve(key, StageName="Qualification", NextStep="Call Ann")

        assert drain() == 1

        assert crm.effects == [
            ("update", key, {"StageName": "Qualification", "NextStep": "Call Ann"})
        ]
        commit = commit_of(proposal)
        assert (commit.state, state_of(proposal)) == ("done", "committed")
        assert commit.before[0]["values"]["StageName"] == "Prospecting"
        assert commit.after[0]["values"]["StageName"] == "Qualification"
        assert commit.inverse[0]["fields"] == {"StageName": "Prospecting", "NextStep": None}
        history = ledger.record_history(object_name="Opportunity", record_id=key.record_id)
        line = history.lines[0]
        assert line.detail["fields"]["StageName"] == {"old": "Prospecting", "new": "Qualification"}
        assert line.detail["reason_code"] == "stalled_30d"
        assert line.detail["approved_by"] == ["Ben (ben)"]
        assert not Hold.objects.exists()

    def test_guards_the_write_with_the_stamp_of_the_last_reading(self, crm):
        key = opportunity(crm)
        approve(key)
        crm.edit(key, Description="A note that matters to nobody")

        drain()

        guard = crm.writes[0][0].changes[0].guard
        assert guard is not None
        assert guard.modified_at == crm.at
        assert Attempt.objects.get().guards == [crm.at.isoformat()]

    @pytest.mark.req("A5")
    def test_returns_a_record_that_moved_with_then_now_and_proposed(self, crm):
        key = opportunity(crm)
        proposal = approve(key)
        crm.edit(key, StageName="Negotiation")

        drain()

        assert crm.effects == []
        assert state_of(proposal) == "in_review"
        revision = Revision.objects.get(proposal=proposal, number=2)
        assert revision.conflict["changes"][0]["fields"] == [
            {
                "field": "StageName",
                "then": "Prospecting",
                "now": "Negotiation",
                "proposed": "Qualification",
            }
        ]
        assert commit_of(proposal).state == "conflict"
        assert not Hold.objects.exists()

    def test_returns_a_record_that_is_gone(self, crm):
        key = opportunity(crm)
        proposal = approve(key)
        crm.remove(key)

        drain()

        assert crm.writes == []
        assert commit_of(proposal).error_code == "record_gone"

    @pytest.mark.req("E1")
    def test_returns_the_second_of_two_proposals_on_one_record(self, crm):
        key = opportunity(crm)
        first = approve(key, StageName="Qualification")
        second = approve(key, StageName="Negotiation")

        drain()

        assert [effect[2] for effect in crm.effects] == [{"StageName": "Qualification"}]
        assert (state_of(first), state_of(second)) == ("committed", "in_review")

    @pytest.mark.req("E1")
    def test_takes_the_older_of_two_that_are_due_at_once_wherever_their_rows_lie(self, crm):
        key = opportunity(crm)
        first = approve(key, StageName="Qualification")
        second = approve(key, StageName="Negotiation")
        # A row that was put off and is due again lies behind the others.
        for due_at in (LATER, commit_of(second).due_at):
            Commit.objects.filter(proposal=first).update(due_at=due_at)

        drain()

        assert (state_of(first), state_of(second)) == ("committed", "in_review")

    def test_shares_calls_between_proposals(self, crm):
        for number in range(60):
            approve(opportunity(crm, number))
        crm.reads.clear()

        assert drain() == 60

        assert [len(call) for call in crm.writes] == [25, 25, 10]
        assert len(crm.reads) == 2

    def test_needs_no_statement_for_each_commit(self, crm):
        for number in range(10):
            approve(opportunity(crm, number))
        with CaptureQueriesContext(connection) as few:
            drain()
        for number in range(10, 35):
            approve(opportunity(crm, number))
        with CaptureQueriesContext(connection) as many:
            drain()

        assert len(many) == len(few)

    def test_writes_several_changes_of_a_proposal_together_or_not_at_all(self, crm):
        one, two = (crm.add("Account", f"001{n:012d}", Name="A", Phone="1") for n in (1, 2))
        proposal = approve_changes(
            "fix_accounts",
            *(
                DraftChange(
                    operation="update",
                    object_name="Account",
                    record_id=key.record_id,
                    fields={"Phone": "2"},
                )
                for key in (one, two)
            ),
        )

        drain()

        assert [len(call) for call in crm.writes] == [1]
        assert [key for _, key, _ in crm.effects] == [one, two]
        assert state_of(proposal) == "committed"

    def test_creates_under_a_key_that_makes_a_repeat_harmless(self, crm):
        change = DraftChange(operation="create", object_name="Lead", fields={"Name": "New"})
        proposal = approve_automatically("enrich_lead", change)

        drain()

        commit = commit_of(proposal)
        assert crm.writes[0][0].changes[0].external_id == f"{proposal.pk}-0"
        assert commit.written_ids == [crm.effects[0][1].record_id]
        assert commit.inverse[0]["op"] == "delete"

    def test_deletes_and_keeps_what_was_there(self, crm):
        key = crm.add("Account", "001000000000001", Name="Old", Phone="1", Industry="Retail")
        change = DraftChange(operation="delete", object_name="Account", record_id=key.record_id)
        proposal = approve_changes("fix_accounts", change)

        drain()

        assert key not in crm.records
        inverse = commit_of(proposal).inverse[0]
        assert inverse["op"] == "create"
        assert inverse["fields"]["Name"] == "Old"

    def test_says_when_a_value_does_not_read_back_as_written(self, crm, monkeypatch):
        key = opportunity(crm)
        proposal = approve(key, NextStep="Call Ann")
        write = crm.write

        def trimming(units):
            results = write(units)
            crm.records[key]["NextStep"] = "Call"
            return results

        monkeypatch.setattr(crm, "write", trimming)
        drain()

        done = [e for e in ledger.timeline(proposal.pk) if e.event == "commit.done"]
        assert done[0].detail["differences"] == [
            {"position": 0, "field": "NextStep", "wanted": "Call Ann", "found": "Call"}
        ]
