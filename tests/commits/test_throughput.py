"""How much goes through, and what it never costs: guards, the org's allowance, other workers."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from orchestrator.commits import gates, locks
from orchestrator.commits.claiming import claim
from orchestrator.commits.gate import Gate
from orchestrator.commits.models import Commit
from orchestrator.commits.scopes import seat_keys
from orchestrator.connectors.base import Fault, LimitUsage
from orchestrator.connectors.errors import ErrorClass, Transient
from orchestrator.orgs.models import Org
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("E2")]
LATER = SOON + dt.timedelta(minutes=10)
LOCKED = Fault(
    ErrorClass.TRANSIENT,
    "UNABLE_TO_LOCK_ROW",
    "unable to obtain exclusive access to this record or 1 records: 001000000000001",
)
CROWDED = Transient(
    "403 REQUEST_LIMIT_EXCEEDED: ConcurrentRequests Limit exceeded.",
    crm_code="REQUEST_LIMIT_EXCEEDED",
)


def account(number: int) -> str:
    return f"001{number:012d}AAA"


def pace() -> int:
    return Gate.objects.get().pace


def sizes(crm) -> list[int]:
    return [len(call) for call in crm.writes]


class TestPacking:
    @pytest.mark.req("E1")
    def test_up_to_25_updates_share_a_call_and_each_keeps_its_own_guard(self, crm):
        for number in range(30):
            approve(opportunity(crm, number))

        drain()

        assert sizes(crm) == [25, 5]
        guards = [unit.changes[0].guard for call in crm.writes for unit in call]
        ids = [unit.changes[0].record_id for call in crm.writes for unit in call]
        assert [guard.key.record_id for guard in guards] == ids

    def test_one_reading_serves_the_whole_claim(self, crm):
        for number in range(60):
            approve(opportunity(crm, number))
        crm.reads.clear()

        drain()

        before, after = crm.reads
        assert len(before) == len(after) == 60

    def test_siblings_stand_next_to_each_other(self, crm):
        for number in range(12):
            approve(opportunity(crm, number, AccountId=account(number % 3)))

        drain()

        parents = [
            crm.records[change.guard.key]["AccountId"]
            for call in crm.writes
            for unit in call
            for change in unit.changes
        ]
        assert parents == sorted(parents)

    def test_of_one_parent_no_second_worker_writes_a_child_meanwhile(self, crm, monkeypatch):
        approve(opportunity(crm, 1))
        write = crm.write
        taken: list[str] = []

        def while_it_is_sent(units):
            if not taken:
                taken.append("asked")
                sibling = approve(opportunity(crm, 2))
                stranger = approve(opportunity(crm, 3, AccountId=account(9)))
                found = claim(org=Org.objects.get(), claim="clm_other", limit=10, at=SOON)
                assert [item.proposal for item in found.items] == [stranger]
                assert commit_of(sibling).state == "queued"
            return write(units)

        monkeypatch.setattr(crm, "write", while_it_is_sent)
        drain()

        assert taken == ["asked"]

    def test_asks_for_the_gate_and_a_seat_once_however_large_the_batch_is(self, crm):
        for number in range(50):
            approve(opportunity(crm, number))
        with CaptureQueriesContext(connection) as captured:
            drain()

        about = [query["sql"] for query in captured if "commits_gate" in query["sql"]]
        seats = [query["sql"] for query in captured if "WITH ORDINALITY AS keys" in query["sql"]]
        assert len(about) == 1
        assert len(seats) == 1


class TestPace:
    def test_locked_rows_halve_how_many_share_a_call_and_clean_calls_raise_it_again(self, crm):
        bad = opportunity(crm, 0, AccountId=account(0))
        approve(bad)
        crm.faults[bad] = LOCKED

        drain()
        assert pace() == 12
        crm.faults.clear()
        for number in range(1, 61):
            approve(opportunity(crm, number))
        crm.writes.clear()
        drain(at=LATER)

        assert sizes(crm) == [12, 13, 14, 15, 7]
        # The last call was smaller than it might have been: it shows nothing.
        assert pace() == 16

    def test_never_falls_below_one_change_a_call(self, crm):
        key = opportunity(crm)
        crm.faults[key] = LOCKED
        approve(key)
        Gate.objects.create(org=Org.objects.get(), pace=1)

        drain()

        assert pace() == 1

    def test_two_workers_that_met_the_same_rows_halve_it_once(self, crm):
        approve(opportunity(crm))
        org = Org.objects.get()
        Gate.objects.create(org=org)
        one, two = gates.look(org), gates.look(org)

        gates.slow_down(one)
        gates.slow_down(two)

        assert pace() == 12

    def test_writes_nothing_while_all_goes_well(self, crm, django_assert_num_queries):
        approve(opportunity(crm))
        gate = gates.look(Org.objects.get())

        with django_assert_num_queries(0):
            gates.went_well(gate, units=25)
        drain()
        assert not Gate.objects.exists()

    def test_what_met_a_locked_parent_waits_a_second_and_comes_back_together(self, crm):
        keys = [opportunity(crm, number) for number in range(3)]
        for key in keys:
            crm.faults[key] = LOCKED
            approve(key)

        drain()

        due = set(Commit.objects.values_list("due_at", flat=True))
        assert len(due) == 1
        assert due.pop() >= SOON + dt.timedelta(seconds=1)
        # One worker gets them all, or none: their parent cannot be held twice.
        found = claim(org=Org.objects.get(), claim="clm_one", limit=10, at=LATER)
        other = claim(org=Org.objects.get(), claim="clm_two", limit=10, at=LATER)
        assert (len(found.items), len(other.items)) == (3, 0)


class TestBudget:
    def test_stops_at_its_share_and_says_so(self, crm, monkeypatch):
        for number in range(60):
            approve(opportunity(crm, number))
        write = crm.write

        def counted(units):
            crm.usage = (88 + len(crm.writes) * 2, 100)
            return write(units)

        monkeypatch.setattr(crm, "write", counted)
        drain()

        # 88, then 90 of 100: the third call is not made, whatever was claimed.
        assert sizes(crm) == [25, 25]
        left = list(Commit.objects.filter(state="queued"))
        assert len(left) == 10
        assert {(commit.failures, commit.error_code) for commit in left} == {(0, "org_budget")}
        assert "daily allowance" in left[0].error_text
        gate = Gate.objects.get()
        assert (gate.state, gate.cause, gate.used, gate.allowed) == ("open", "budget", 90, 100)
        assert Entry.objects.get(event="org.paused").detail["text"] == "90 of 100 calls are used."

    def test_looks_again_with_one_call_and_goes_on_below_it(self, crm):
        proposal = approve(opportunity(crm))
        crm.usage = (95, 100)
        drain()
        first = Gate.objects.get().probe_at
        crm.writes.clear()

        drain(at=first)
        assert (crm.probes, crm.writes) == (1, [])
        again = Gate.objects.get().probe_at
        assert again - first >= dt.timedelta(minutes=15)
        crm.usage = (70, 100)
        drain(at=again)

        assert crm.probes == 2
        assert state_of(proposal) == "committed"
        assert Gate.objects.get().used == 70
        assert Entry.objects.filter(event="org.resumed").count() == 1

    def test_the_share_is_a_setting(self, crm, settings):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "budget_share": 0.99}
        proposal = approve(opportunity(crm))
        crm.usage = (95, 100)

        drain()

        assert state_of(proposal) == "committed"

    def test_keeps_what_it_saw_when_that_has_moved_and_not_otherwise(self, crm):
        crm.usage = (1000, 10_000)
        approve(opportunity(crm, 1))
        drain()
        assert Gate.objects.get().used == 1000

        crm.usage = (1050, 10_000)
        approve(opportunity(crm, 2))
        drain()
        assert Gate.objects.get().used == 1000
        crm.usage = (1200, 10_000)
        approve(opportunity(crm, 3))
        drain()
        assert Gate.objects.get().used == 1200

    def test_an_answer_of_long_ago_parks_nothing(self, crm, monkeypatch):
        # A creation reads nothing first; the last answer this process had may be hours old.
        stale = LimitUsage(99, 100)
        monkeypatch.setattr(type(crm), "limit_usage", stale)
        proposal = approve(opportunity(crm))

        drain()

        assert state_of(proposal) == "committed"


class TestCeiling:
    def test_a_worker_without_a_seat_claims_nothing(self, crm, settings, monkeypatch):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "concurrent_writes": 2}
        proposal = approve(opportunity(crm))
        # Locks of one session can be taken by it again: another one has to be in the way.
        monkeypatch.setattr(locks, "first_kept", _seat(None, of=seat_keys(Org.objects.get().pk, 2)))

        assert drain() == 0

        assert commit_of(proposal).attempts == 0

    def test_too_many_at_once_lowers_it_for_a_while(self, crm):
        approve(opportunity(crm))
        crm.fail_writes = CROWDED

        drain()

        gate = Gate.objects.get()
        assert gate.seats(4, at=SOON) == 2
        assert gate.seats(4, at=SOON + dt.timedelta(minutes=10)) == 4
        assert gate.seats(1, at=SOON) == 1

    def test_who_sits_above_a_lowered_ceiling_stops_claiming(self, crm, monkeypatch):
        proposal = approve(opportunity(crm))
        Gate.objects.create(org=Org.objects.get(), ceiling=1, ceiling_until=LATER)
        monkeypatch.setattr(locks, "first_kept", _seat(1))

        drain()
        assert commit_of(proposal).attempts == 0
        drain(at=LATER)

        assert state_of(proposal) == "committed"


def _seat(number: int | None, *, of: list[int] | None = None):
    """Stand in for taking a seat: this one is got, or none; `of` is what has to be asked for."""

    @contextmanager
    def kept(keys):
        assert of is None or keys == of
        yield number

    return kept
