"""The life of a commit, against a CRM in memory."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import submission
from approvals.content import DraftChange
from approvals.models import Proposal, Revision
from audit import queries as ledger
from orchestrator.agents import operations as agents
from orchestrator.agents.models import Agent, Grant
from orchestrator.commits.models import Attempt, Hold
from orchestrator.connectors.errors import (
    NotPermitted,
    OutcomeUnknown,
    QuotaExceeded,
    Transient,
    Unauthorised,
)
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.workflows.models import Workflow
from tests.commits.scene import (
    SOON,
    approve,
    approve_automatically,
    approve_changes,
    commit_of,
    drain,
    opportunity,
    settle,
    state_of,
)
from tests.factories import AT, SETUP

pytestmark = pytest.mark.django_db(transaction=True)
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


class TestWhatMustStillBeTrue:
    def test_a_withdrawn_proposal_is_cancelled(self, crm):
        proposal = approve(opportunity(crm))
        by = Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label)
        submission.withdraw(proposal=proposal, reason="Changed my mind.", by=by, at=AT)

        drain()

        assert crm.writes == []
        assert commit_of(proposal).state == "cancelled"

    def test_nothing_is_written_after_execute_by(self, crm):
        proposal = approve(opportunity(crm))
        proposal = Proposal.objects.get(pk=proposal.pk)

        drain(at=proposal.execute_by)

        assert crm.writes == []
        assert commit_of(proposal).state == "queued"

    def test_a_suspended_agent_waits_and_says_so_once(self, crm):
        proposal = approve(opportunity(crm))
        agent = Agent.objects.get()
        agents.suspend(agent=agent, reason="Odd.", by=SETUP, at=AT)

        drain()
        drain()

        assert crm.writes == []
        events = [entry.event for entry in ledger.timeline(proposal.pk)]
        assert events.count("commit.held") == 1

    def test_observe_mode_waits(self, crm):
        proposal = approve(opportunity(crm))
        Workflow.objects.update(mode="observe")

        drain()

        assert crm.writes == []
        assert commit_of(proposal).error_code == "observing"

    def test_what_policy_approved_alone_goes_to_people_when_the_mode_was_lowered(self, crm):
        change = DraftChange(operation="create", object_name="Lead", fields={"Name": "New"})
        proposal = approve_automatically("enrich_lead", change)
        Workflow.objects.update(mode="propose")

        drain()

        assert crm.writes == []
        assert state_of(proposal) == "in_review"
        assert commit_of(proposal).error_code == "mode_lowered"

    def test_a_grant_that_ended_goes_back(self, crm):
        proposal = approve(opportunity(crm))
        Grant.objects.update(ends_at=AT + dt.timedelta(seconds=1))

        drain()

        assert crm.writes == []
        assert commit_of(proposal).error_code == "grant_ended"
        assert state_of(proposal) in {"in_review", "refused"}


class TestFaults:
    @pytest.mark.req("E2")
    def test_a_passing_fault_is_tried_again_later(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_writes = Transient("Busy.", crm_code="SERVER_UNAVAILABLE")

        drain()
        commit = commit_of(proposal)
        crm.fail_writes = None

        assert (commit.state, state_of(proposal)) == ("queued", "approved")
        assert commit.due_at > SOON
        assert drain(at=LATER) == 1
        assert state_of(proposal) == "committed"
        assert [a.outcome for a in Attempt.objects.all()] == ["postponed", "written"]

    @pytest.mark.req("E2", "E3")
    def test_a_passing_fault_that_stays_becomes_a_dead_letter(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_writes = Transient("Busy.", crm_code="SERVER_UNAVAILABLE")

        for minutes in range(10):
            drain(at=SOON + dt.timedelta(minutes=5 * minutes))

        assert len(crm.writes) == 5
        assert (commit_of(proposal).state, state_of(proposal)) == ("failed", "failed")

    @pytest.mark.req("E2")
    def test_a_used_up_quota_parks_and_costs_no_try(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_writes = QuotaExceeded("TotalRequests Limit exceeded.")

        drain()

        commit = commit_of(proposal)
        assert (commit.state, commit.failures) == ("queued", 0)
        assert commit.due_at >= SOON + dt.timedelta(minutes=15)

    @pytest.mark.req("E2", "E3")
    @pytest.mark.parametrize("error", [NotPermitted("No."), Unauthorised("Who?")])
    def test_what_will_not_get_better_is_a_dead_letter_at_once(self, crm, error):
        proposal = approve(opportunity(crm))
        crm.fail_writes = error

        drain()

        assert (commit_of(proposal).state, state_of(proposal)) == ("failed", "failed")
        assert not Hold.objects.exists()

    def test_a_failed_reading_writes_nothing_and_tries_again(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_reads = OutcomeUnknown("Error 500.")

        drain()

        assert crm.writes == []
        assert commit_of(proposal).state == "queued"

    def test_one_refused_reading_does_not_spoil_the_others(self, crm):
        bad, good = approve(opportunity(crm, 1), NextStep="x"), approve(opportunity(crm, 2))
        crm.objects["Opportunity"] = without_field(crm.objects["Opportunity"], "NextStep")

        drain()

        assert (state_of(bad), state_of(good)) == ("failed", "committed")

    @pytest.mark.req("E1")
    def test_a_guard_that_fails_reads_and_writes_again(self, crm, monkeypatch):
        key = opportunity(crm)
        proposal = approve(key)
        write, calls = crm.write, []

        def edited_meanwhile(units):
            if not calls:
                crm.edit(key, Description="Somebody was here")
            calls.append(units)
            return write(units)

        monkeypatch.setattr(crm, "write", edited_meanwhile)
        drain()

        assert len(calls) == 2
        assert state_of(proposal) == "committed"

    def test_a_guard_that_always_fails_goes_to_people(self, crm, monkeypatch):
        key = opportunity(crm)
        proposal = approve(key)
        write = crm.write

        def edited_meanwhile(units):
            crm.edit(key, Description=f"Edit at {crm.at}")
            return write(units)

        monkeypatch.setattr(crm, "write", edited_meanwhile)
        drain()

        assert state_of(proposal) == "in_review"
        assert commit_of(proposal).error_code == "record_busy"
        assert crm.effects == []

    @pytest.mark.req("E1")
    def test_an_unknown_outcome_is_settled_by_reading_back(self, crm, monkeypatch):
        key = opportunity(crm)
        proposal = approve(key)
        write = crm.write

        def answer_lost(units):
            crm.at += dt.timedelta(seconds=1)
            write(units)
            raise OutcomeUnknown("No answer.")

        monkeypatch.setattr(crm, "write", answer_lost)
        drain()
        assert (commit_of(proposal).state, state_of(proposal)) == ("unknown", "outcome_unknown")
        assert Hold.objects.exists()

        assert settle(SOON + dt.timedelta(seconds=1)) == 0
        assert settle(LATER) == 1

        assert len(crm.effects) == 1
        assert (commit_of(proposal).state, state_of(proposal)) == ("done", "committed")
        assert not Hold.objects.exists()

    @pytest.mark.req("E1")
    def test_a_write_that_did_not_happen_is_queued_again(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_writes = OutcomeUnknown("No answer.")

        drain()
        settle(LATER)
        crm.fail_writes = None

        assert commit_of(proposal).state == "queued"
        drain(at=LATER)
        assert len(crm.effects) == 1
        assert state_of(proposal) == "committed"

    @pytest.mark.req("E1", "E3")
    def test_what_reading_back_cannot_tell_waits_for_a_person(self, crm):
        key = opportunity(crm)
        proposal = approve(key)
        crm.fail_writes = OutcomeUnknown("No answer.")

        drain()
        crm.edit(key, StageName="Negotiation")
        settle(LATER)

        commit = commit_of(proposal)
        assert (commit.state, commit.error_code) == ("unknown", "cannot_tell")
        assert commit.after[0]["values"]["StageName"] == "Negotiation"
        assert settle(LATER + dt.timedelta(hours=1)) == 0

    def test_an_unclear_outcome_holds_its_record_but_not_its_siblings(self, crm):
        key, sibling = opportunity(crm, 1), opportunity(crm, 2)
        approve(key)
        crm.fail_writes = OutcomeUnknown("No answer.")
        drain()
        crm.edit(key, StageName="Negotiation")
        settle(LATER)
        crm.fail_writes = None
        same_record, other = approve(key, NextStep="Call"), approve(sibling)

        drain(at=LATER)

        assert state_of(other) == "committed"
        assert (state_of(same_record), commit_of(same_record).error_code) == (
            "approved",
            "record_held",
        )

    def test_a_broken_connector_is_an_unknown_outcome_not_a_lost_commit(self, crm, monkeypatch):
        proposal = approve(opportunity(crm))
        monkeypatch.setattr(crm, "write", lambda units: 1 / 0)

        drain()

        assert commit_of(proposal).error_code == "write_broke_off"


def without_field(description, name):
    fields = {key: field for key, field in description.fields.items() if key != name}
    return type(description)(
        name=description.name,
        label=description.label,
        fields=fields,
        name_field=description.name_field,
        parent_field=description.parent_field,
    )
