"""What could hold up everybody else: one commit that cannot go on, a race lost inside a claim."""

import datetime as dt

import pytest
from django.db import connection

from approvals import submission
from approvals.models import Proposal
from orchestrator.commits import transitions
from orchestrator.commits.models import Hold
from orchestrator.connectors.errors import OutcomeUnknown, Rejected
from orchestrator.kernel.actors import Actor, ActorKind
from tests.commits.scene import (
    SOON,
    approve,
    commit_of,
    drain,
    opportunity,
    settle,
    state_of,
)

MINUTE = dt.timedelta(minutes=1)


def withdraw(proposal: Proposal) -> None:
    by = Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label)
    submission.withdraw(proposal=proposal, reason="No longer needed.", by=by, at=SOON)


class Crash(RuntimeError):
    """What nobody thought of."""


@pytest.mark.django_db
class TestClaim:
    def test_a_proposal_withdrawn_inside_a_claim_leaves_its_record_free(self, crm, monkeypatch):
        key = opportunity(crm)
        first = approve(key)
        start = transitions.start

        def overtaken(items, *, at):
            withdraw(first)
            return start(items, at=at)

        with monkeypatch.context() as patch:
            patch.setattr(transitions, "start", overtaken)
            drain()
        drain()

        assert commit_of(first).state == "cancelled"
        assert not Hold.objects.exists()
        second = approve(key, NextStep="Call Ann")
        drain()
        assert state_of(second) == "committed"


@pytest.mark.django_db
class TestPoison:
    def test_a_commit_that_crashes_every_worker_ends_as_a_dead_letter_alone(self, crm, monkeypatch):
        keys = [opportunity(crm, number) for number in range(1, 4)]
        bad, *good = [approve(key) for key in keys]
        read = crm.read

        def crashing(wanted):
            if keys[0] in wanted:
                raise Crash
            return read(wanted)

        monkeypatch.setattr(crm, "read", crashing)
        at = SOON
        for _ in range(40):
            at += MINUTE
            try:
                drain(at)
            except Crash:
                settle(at + MINUTE)

        assert [state_of(each) for each in good] == ["committed", "committed"]
        assert state_of(bad) == "failed"
        assert commit_of(bad).error_code == "worker_lost"

    def test_a_written_commit_that_cannot_be_read_back_does_not_hold_up_others(
        self, crm, monkeypatch
    ):
        keys = [opportunity(crm, number) for number in range(1, 4)]
        bad, *good = [approve(key) for key in keys]
        read = crm.read

        def refusing(wanted):
            if keys[0] in wanted and commit_of(bad).state == "written":
                raise Rejected("No such field: StageName.", crm_code="INVALID_FIELD")
            return read(wanted)

        monkeypatch.setattr(crm, "read", refusing)
        drain()
        settle(SOON + MINUTE)

        assert [state_of(each) for each in good] == ["committed", "committed"]
        assert commit_of(bad).state == "written"

    def test_an_unclear_commit_that_cannot_be_read_back_does_not_hold_up_others(
        self, crm, monkeypatch
    ):
        keys = [opportunity(crm, number) for number in range(1, 4)]
        bad, *good = [approve(key) for key in keys]
        crm.fail_writes = OutcomeUnknown("No answer.")
        drain()
        crm.fail_writes = None
        read = crm.read

        def refusing(wanted):
            if keys[0] in wanted:
                raise Rejected("No such field: StageName.", crm_code="INVALID_FIELD")
            return read(wanted)

        monkeypatch.setattr(crm, "read", refusing)
        settle(SOON + MINUTE)

        assert {commit_of(each).state for each in good} == {"queued"}
        assert commit_of(bad).state == "unknown"


@pytest.mark.django_db(transaction=True)
class TestSwitch:
    @pytest.mark.parametrize("reading", [1, 2])
    def test_one_that_breaks_its_transaction_puts_the_commit_back_untouched(self, crm, reading):
        proposal = approve(opportunity(crm))
        count = 0

        def broken(execute, sql, params, many, context):
            nonlocal count
            if "commits_halt" in sql and sql.startswith("SELECT"):
                count += 1
                if count >= reading:
                    sql, params = "SELECT 1 / 0", None
            return execute(sql, params, many, context)

        with connection.execute_wrapper(broken):
            drain()

        commit = commit_of(proposal)
        assert crm.writes == []
        assert (commit.state, commit.failures, state_of(proposal)) == ("queued", 0, "approved")
        drain()
        assert state_of(proposal) == "committed"
