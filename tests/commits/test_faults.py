"""What becomes of a commit when the CRM does not do as it was asked."""

import datetime as dt

import pytest

from orchestrator.commits.gate import Gate
from orchestrator.commits.models import Attempt, Hold
from orchestrator.connectors.base import Fault
from orchestrator.connectors.errors import (
    ErrorClass,
    NotPermitted,
    OutcomeUnknown,
    OutOfRoom,
    QuotaExceeded,
    Transient,
)
from tests.commits.scene import (
    SOON,
    approve,
    commit_of,
    drain,
    opportunity,
    settle,
    state_of,
)

pytestmark = pytest.mark.django_db
LATER = SOON + dt.timedelta(minutes=10)


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
    def test_a_passing_fault_of_its_own_that_stays_becomes_a_dead_letter(self, crm):
        key = opportunity(crm)
        proposal = approve(key)
        crm.faults[key] = Fault(ErrorClass.TRANSIENT, "UNABLE_TO_LOCK_ROW", "Busy.")

        for minutes in range(10):
            drain(at=SOON + dt.timedelta(minutes=5 * minutes))

        assert len(crm.writes) == 5
        assert (commit_of(proposal).state, state_of(proposal)) == ("failed", "failed")

    @pytest.mark.req("E2", "E3")
    def test_what_breaks_every_call_it_is_in_becomes_a_dead_letter_too(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_writes = Transient("Busy.", crm_code="SERVER_UNAVAILABLE")

        for minutes in range(10):
            drain(at=SOON + dt.timedelta(minutes=20 * minutes))

        # Each third call pauses the org, and that try is nobody's fault.
        assert len(crm.writes) == 7
        assert (commit_of(proposal).state, state_of(proposal)) == ("failed", "failed")

    @pytest.mark.req("E2", "E3")
    def test_a_flow_that_broke_off_is_tried_once_more_and_then_needs_a_person(self, crm):
        key = opportunity(crm)
        proposal = approve(key)
        crm.faults[key] = Fault(ErrorClass.AGAIN_ONCE, "CANNOT_EXECUTE_FLOW_TRIGGER", "Try again")

        for minutes in range(4):
            drain(at=SOON + dt.timedelta(minutes=5 * minutes))

        assert len(crm.writes) == 2
        assert (commit_of(proposal).state, state_of(proposal)) == ("failed", "failed")

    @pytest.mark.req("E2")
    def test_a_used_up_quota_parks_and_costs_no_try(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_writes = QuotaExceeded("TotalRequests Limit exceeded.")

        drain()
        drain(at=SOON + dt.timedelta(minutes=14))

        commit = commit_of(proposal)
        assert (commit.state, commit.failures) == ("queued", 0)
        assert Gate.objects.get().probe_at >= SOON + dt.timedelta(minutes=15)
        assert len(crm.writes) == 1

    @pytest.mark.req("E2", "E3")
    @pytest.mark.parametrize("error", [NotPermitted("No."), OutOfRoom("Full.")])
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
        write = crm.write
        calls: list[object] = []

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
