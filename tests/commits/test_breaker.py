"""The circuit breaker of an org: what opens it, who probes, and what goes on when it closes."""

import datetime as dt

import pytest

from audit.models import Entry
from orchestrator.commits.breaker import (
    BREAKER_MOVES,
    BUDGET_PAUSE,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Breaker,
    Cause,
    pause,
)
from orchestrator.commits.gate import Gate
from orchestrator.commits.models import Commit
from orchestrator.connectors.base import Fault
from orchestrator.connectors.errors import (
    ErrorClass,
    NotPermitted,
    OutcomeUnknown,
    QuotaExceeded,
    Transient,
    Unauthorised,
)
from orchestrator.kernel.states import IllegalMove
from orchestrator.orgs.models import Org
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("E2")]
REFUSED = Unauthorised("invalid_grant: authentication failure", crm_code="invalid_grant")
DOWN = Transient("503", crm_code="SERVER_UNAVAILABLE")
HOUR = dt.timedelta(hours=1)


def events(*names: str) -> list[str]:
    rows = Entry.objects.filter(event__in=names).order_by("pk")
    return list(rows.values_list("event", flat=True))


def gate() -> Gate:
    return Gate.objects.get()


def states() -> list[tuple[str, int]]:
    return sorted(Commit.objects.values_list("state", "failures"))


class TestTheTable:
    def test_knows_three_states_and_no_way_from_open_to_closed_without_a_probe(self):
        assert set(BREAKER_MOVES) == set(Breaker)
        assert BREAKER_MOVES[Breaker.OPEN] == {Breaker.HALF_OPEN}

    def test_refuses_a_move_that_it_does_not_have(self, crm):
        approve(opportunity(crm))
        row = Gate.objects.create(org=Org.objects.get())
        with pytest.raises(IllegalMove):
            row.move(Breaker.HALF_OPEN)

    def test_pauses_longer_each_time_up_to_a_bound(self):
        pauses = [pause(cause=Cause.FAULTS, openings=n, jitter=0.0) for n in range(1, 12)]

        assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
        assert pauses == sorted(pauses)
        assert pauses[-1] == LONGEST_PAUSE

    def test_looks_at_a_used_up_allowance_again_and_again_after_the_same_pause(self):
        for openings in (1, 9):
            assert pause(cause=Cause.BUDGET, openings=openings, jitter=0.0) == BUDGET_PAUSE


class TestOpening:
    @pytest.mark.req("E3")
    @pytest.mark.parametrize("where", ["fail_reads", "fail_writes"])
    def test_a_refused_sign_in_makes_no_dead_letter_and_uses_up_no_try(self, crm, where):
        proposals = [approve(opportunity(crm, number)) for number in range(3)]
        setattr(crm, where, REFUSED)

        drain()
        drain()

        assert states() == [("queued", 0)] * 3
        assert {state_of(proposal) for proposal in proposals} == {"approved"}
        assert (gate().state, gate().cause) == ("open", "sign_in")
        assert "authentication failure" in gate().text

    def test_tells_each_commit_once_in_words_why_it_waits(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_reads = REFUSED

        for _ in range(3):
            drain()

        commit = commit_of(proposal)
        assert commit.error_code == "org_sign_in"
        assert "the CRM refuses our sign-in since" in commit.error_text
        assert Entry.objects.filter(event="commit.held").count() == 1
        assert events("org.paused") == ["org.paused"]

    def test_nothing_is_claimed_or_asked_while_it_is_open(self, crm):
        approve(opportunity(crm, 1))
        crm.fail_reads = REFUSED
        drain()
        crm.fail_reads = None
        crm.reads.clear()
        late = approve(opportunity(crm, 2))
        crm.reads.clear()

        drain(at=SOON + dt.timedelta(seconds=5))

        assert (crm.reads, crm.writes, crm.probes) == ([], [], 0)
        assert commit_of(late).attempts == 0

    def test_faults_of_whole_calls_open_it_only_in_a_row(self, crm):
        approve(opportunity(crm, 1))
        crm.fail_writes = DOWN
        for minute in range(2):
            drain(at=SOON + dt.timedelta(minutes=minute))
        assert gate().state == "closed"
        crm.fail_writes = None
        drain(at=SOON + HOUR)
        assert gate().faults == 0

        approve(opportunity(crm, 2))
        crm.fail_writes = DOWN
        for minute in range(2):
            drain(at=SOON + 2 * HOUR + dt.timedelta(minutes=minute))

        assert gate().state == "closed"
        drain(at=SOON + 3 * HOUR)
        assert (gate().state, gate().cause) == ("open", "faults")

    def test_reading_well_does_not_hide_that_no_write_gets_through(self, crm):
        approve(opportunity(crm))
        crm.fail_writes = DOWN

        for minute in range(3):
            drain(at=SOON + dt.timedelta(minutes=minute))

        assert len(crm.reads) >= 3
        assert gate().state == "open"

    def test_the_fault_that_opens_it_uses_up_no_try(self, crm):
        approve(opportunity(crm))
        crm.fail_writes = DOWN

        for minute in range(3):
            drain(at=SOON + dt.timedelta(minutes=minute))

        assert states() == [("queued", 2)]

    def test_unknown_outcomes_in_a_row_open_it_and_are_settled_all_the_same(self, crm):
        proposals = [approve(opportunity(crm, number)) for number in range(3)]
        crm.fail_writes = OutcomeUnknown("No answer.")
        Gate.objects.create(org=Org.objects.get(), pace=1)

        drain()

        assert [commit_of(proposal).state for proposal in proposals] == ["unknown"] * 3
        assert gate().state == "open"
        crm.fail_writes = None
        assert settle(SOON + dt.timedelta(minutes=5)) == 3

    def test_what_was_claimed_and_not_sent_goes_back_when_it_opens_in_the_middle(self, crm):
        for number in range(4):
            approve(opportunity(crm, number))
        crm.fail_writes = REFUSED
        Gate.objects.create(org=Org.objects.get(), pace=1)

        drain()

        assert len(crm.writes) == 1
        assert states() == [("queued", 0)] * 4

    @pytest.mark.req("E3")
    def test_a_fault_of_a_commits_own_never_opens_it(self, crm):
        bad, good = opportunity(crm, 1), opportunity(crm, 2)
        crm.faults[bad] = Fault(ErrorClass.TRANSIENT, "SERVER_UNAVAILABLE", "Busy.")
        poison, other = approve(bad), approve(good)

        for minute in range(10):
            drain(at=SOON + dt.timedelta(minutes=5 * minute))

        assert (state_of(poison), state_of(other)) == ("failed", "committed")
        assert not Gate.objects.exclude(state="closed").exists()

    def test_one_commits_refusal_that_is_about_the_org_opens_it(self, crm):
        key = opportunity(crm)
        crm.faults[key] = Fault(ErrorClass.AUTH, "INVALID_SESSION_ID", "Session expired")
        approve(key)

        drain()

        assert gate().cause == "sign_in"
        assert states() == [("queued", 0)]


def test_a_refusal_for_good_tells_the_gate_nothing(crm):
    approve(opportunity(crm))
    crm.fail_writes = NotPermitted("No.")

    drain()

    assert not Gate.objects.exclude(faults=0, state="closed").exists()


def test_a_used_up_allowance_parks_the_org_not_the_commit(crm):
    one, two = approve(opportunity(crm, 1)), approve(opportunity(crm, 2))
    crm.fail_writes = QuotaExceeded("TotalRequests Limit exceeded.")

    drain()
    crm.fail_writes = None

    assert gate().cause == "budget"
    assert commit_of(one).error_code == commit_of(two).error_code == "org_budget"
    drain(at=gate().probe_at)
    assert (state_of(one), state_of(two)) == ("committed", "committed")
