"""The circuit breaker of an org: what opens it, who probes, and what goes on when it closes."""

import datetime as dt

import pytest

from approvals import expiry
from audit.models import Entry
from orchestrator.commits import gates, probing
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
from tests.factories import get_user

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


class TestProbing:
    def paused(self, crm, error=REFUSED):
        proposal = approve(opportunity(crm))
        crm.fail_reads = error
        drain()
        crm.fail_reads = None
        return proposal

    def test_one_good_probe_lets_everything_pass_again(self, crm):
        proposal = self.paused(crm)

        drain(at=gate().probe_at)

        assert crm.probes == 1
        assert state_of(proposal) == "committed"
        assert (gate().state, gate().cause, gate().openings) == ("closed", "", 0)
        resumed = Entry.objects.get(event="org.resumed")
        assert resumed.subject_id == "acme-prod"
        assert resumed.detail["cause"] == "sign_in"
        assert resumed.detail["seconds"] >= 30

    def test_a_failed_probe_pauses_longer_and_touches_no_commit(self, crm):
        self.paused(crm)
        crm.fail_access = REFUSED
        first = gate().probe_at - SOON

        at = gate().probe_at
        drain(at=at)

        assert (gate().state, gate().openings) == ("open", 2)
        assert gate().probe_at - at > first
        assert gate().paused_at == SOON
        assert states() == [("queued", 0)]
        assert events("org.paused", "org.probe_failed") == ["org.paused", "org.probe_failed"]

    def test_a_probe_that_fails_otherwise_says_so(self, crm):
        self.paused(crm)
        crm.fail_access = DOWN

        drain(at=gate().probe_at)

        assert (gate().cause, gate().text) == ("faults", "503")

    def test_a_pause_stays_long_until_a_write_gets_through(self, crm):
        approve(opportunity(crm))
        crm.fail_writes = DOWN
        at = SOON
        pauses: list[dt.timedelta] = []
        while len(pauses) < 2:
            drain(at=at)
            row = gate()
            if row.state == "open":
                pauses.append(row.probe_at - row.paused_at)
                at = row.probe_at
            else:
                at += dt.timedelta(minutes=2)

        assert pauses[1] > pauses[0]

    def test_nobody_probes_while_another_does(self, crm):
        self.paused(crm)
        row = gates.look(Org.objects.get())
        at = row.probe_at
        other = gates.look(Org.objects.get())

        assert probing._take(row, "clm_one", at)
        assert not probing._take(other, "clm_two", at)
        assert gate().probe_claim == "clm_one"

    def test_who_was_taken_for_dead_changes_nothing_any_more(self, crm):
        self.paused(crm)
        row = gates.look(Org.objects.get())
        probing._take(row, "clm_one", row.probe_at)
        Gate.objects.update(probe_claim="clm_two")

        assert not probing._close(row, "clm_one", SOON, None)
        assert gate().state == "half_open"

    def test_a_dead_prober_is_replaced(self, crm):
        proposal = self.paused(crm)
        row = gates.look(Org.objects.get())
        # Nobody keeps the lock of this claim.
        probing._take(row, "clm_dead", row.probe_at)

        drain(at=row.probe_at)

        assert state_of(proposal) == "committed"

    def test_an_org_without_due_work_is_probed_as_well(self, crm):
        self.paused(crm)
        row = gate()

        assert probing.orgs_to_probe(at=row.probe_at - dt.timedelta(seconds=1)) == []
        assert probing.orgs_to_probe(at=row.probe_at) == [row.pk]

    def test_reading_back_waits_while_the_sign_in_is_refused(self, crm):
        proposal = approve(opportunity(crm, 1))
        crm.fail_writes = OutcomeUnknown("No answer.")
        drain()
        crm.fail_writes = None
        approve(opportunity(crm, 2))
        crm.fail_reads = REFUSED
        drain()
        crm.fail_reads = None
        crm.reads.clear()

        assert settle(SOON + dt.timedelta(minutes=5)) == 0
        assert (crm.reads, commit_of(proposal).state) == ([], "unknown")
        drain(at=SOON + HOUR)
        assert settle(SOON + HOUR) == 1

    def test_expires_and_cancels_as_always_while_it_is_open(self, crm):
        proposal = self.paused(crm)
        late = proposal.execute_by + dt.timedelta(seconds=1)
        crm.fail_access = REFUSED
        Gate.objects.update(probe_at=late + HOUR)

        expiry.expire_due(at=late)
        drain(at=late)

        assert state_of(proposal) == "expired"
        assert commit_of(proposal).state == "cancelled"
        assert gate().state == "open"


class TestTryingNow:
    def test_a_person_may_have_it_tried_before_the_pause_ends(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_reads = REFUSED
        drain()
        crm.fail_reads = None
        by = get_user("dora").actor

        probing.try_now(gate=gate(), reason="New secret.", by=by, at=SOON)
        drain()

        assert state_of(proposal) == "committed"
        asked = Entry.objects.get(event="org.probe_asked")
        assert (asked.actor_id, asked.detail) == ("dora", {"reason": "New secret."})

    def test_wants_a_reason(self, crm):
        approve(opportunity(crm))
        crm.fail_reads = REFUSED
        drain()

        with pytest.raises(probing.ReasonNeeded):
            probing.try_now(gate=gate(), reason=" ", by=get_user("dora").actor, at=SOON)

    def test_refuses_where_nothing_is_paused(self, crm):
        approve(opportunity(crm))
        row = Gate.objects.create(org=Org.objects.get())

        with pytest.raises(probing.NotPaused):
            probing.try_now(gate=row, reason="Go.", by=get_user("dora").actor, at=SOON)


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
