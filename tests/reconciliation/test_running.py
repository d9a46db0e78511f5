"""Runs: how they read, and what becomes of them when something dies."""

import datetime as dt

import pytest

from orchestrator.commits.models import Commit
from orchestrator.connectors.errors import Transient
from orchestrator.kernel.canonical import digest
from orchestrator.orgs.models import Org
from orchestrator.reconciliation import running, schedule
from orchestrator.reconciliation.models import Reconciliation, Target
from tests.factories import SETUP
from tests.reconciliation.scene import (
    LATER,
    at_clock,
    committed,
    deleted,
    reconcile,
)

pytestmark = pytest.mark.django_db


def start(at: dt.datetime = LATER) -> Reconciliation:
    return schedule.start(org=Org.objects.get(), by=SETUP, at=at)


def stored() -> Reconciliation:
    return Reconciliation.objects.latest("pk")


def write_many(crm, count: int) -> None:
    """Make one real commit into many of other records, as if each had been written."""
    committed(crm, StageName="Qualification")
    commit = Commit.objects.select_related("proposal", "revision").get()
    change = commit.revision.changes.get()
    proposal, revision = commit.proposal, commit.revision
    rows = []
    for number in range(2, count + 1):
        record_id = f"006{number:012d}AAA"
        crm.add("Opportunity", record_id, StageName="Qualification")
        rows.append((f"prp_{number}", f"cmt_{number}", record_id, digest({"number": number})))
    proposals, revisions, changes, commits = [], [], [], []
    for proposal_id, commit_id, record_id, its_digest in rows:
        proposals.append(_copy(proposal, pk=proposal_id, idempotency_key=proposal_id))
        made = _copy(revision, pk=None, proposal_id=proposal_id, digest=its_digest)
        revisions.append(made)
        changes.append(_copy(change, pk=None, revision=made, record_id=record_id))
        commits.append(_copy(commit, pk=commit_id, proposal_id=proposal_id, revision=made))
        commits[-1].written_ids = [record_id]
    for model, each in ((type(proposal), proposals), (type(revision), revisions)):
        model.objects.bulk_create(each)
    for change_row, commit_row, made in zip(changes, commits, revisions, strict=True):
        change_row.revision_id = commit_row.revision_id = made.pk
    type(change).objects.bulk_create(changes)
    Commit.objects.bulk_create(commits)


def _copy(row, **other):
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    made = type(row)(**values)
    for name, value in other.items():
        setattr(made, name, value)
    return made


@pytest.mark.req("D3")
class TestHowARunReads:
    def test_reads_five_thousand_records_in_three_calls(self, crm):
        write_many(crm, 5000)
        crm.reads.clear()

        run = reconcile()

        assert [len(call) for call in crm.reads] == [2000, 2000, 1000]
        assert (run.records, run.records_checked, run.records_as_written) == (5000, 5000, 5000)

    def test_asks_for_each_object_by_itself(self, crm):
        committed(crm, StageName="Qualification")
        deleted(crm)
        crm.reads.clear()

        reconcile()

        assert [{key.object_name for key in call} for call in crm.reads] == [
            {"Account"},
            {"Opportunity"},
        ]

    def test_writes_nothing(self, crm):
        crm.edit(committed(crm, StageName="Qualification"), StageName="Negotiation")
        crm.writes.clear()

        reconcile()

        assert crm.writes == []


class TestWhenSomethingDies:
    @pytest.fixture
    def two_objects(self, crm):
        committed(crm, StageName="Qualification")
        deleted(crm)
        return crm

    def test_a_run_goes_on_where_a_killed_worker_left_it(self, two_objects, monkeypatch):
        start()
        run = running.claim(stored().pk, at=LATER)
        running.advance(run, at_clock=at_clock(), slices=1)
        # The worker takes the next turn and is killed with the records on the wire.
        assert running.claim(run.pk, at=LATER) is not None
        two_objects.reads.clear()

        assert running.advance_due(at_clock=at_clock()) == 0
        assert running.advance_due(at_clock=at_clock(LATER + running.LEASE)) == 1

        assert [len(call) for call in two_objects.reads] == [1]
        assert (stored().state, stored().records_checked) == ("finished", 2)

    def test_a_worker_that_lost_its_run_stores_nothing(self, two_objects):
        start()
        slow = running.claim(stored().pk, at=LATER)
        running.advance_due(at_clock=at_clock(LATER + running.LEASE))
        finished = stored()

        running.advance(slow, at_clock=at_clock(LATER + running.LEASE))

        assert (finished.state, stored().records_checked) == ("finished", 2)
        assert stored().finished_at == finished.finished_at

    def test_two_workers_do_not_take_one_run(self, two_objects):
        start()

        assert running.claim(stored().pk, at=LATER) is not None
        assert running.claim(stored().pk, at=LATER) is None

    def test_a_crm_that_does_not_answer_postpones_the_run_and_says_so(self, two_objects):
        two_objects.fail_reads = Transient("The CRM is busy.")

        run = reconcile()

        assert (run.state, run.attempts, run.trouble_code) == ("running", 1, "crm_unavailable")
        assert run.trouble_text == "The CRM is busy."
        assert run.due_at == LATER + running.FIRST_WAIT

    def test_pauses_grow_and_the_run_ends_well_once_the_crm_answers(self, two_objects):
        two_objects.fail_reads = Transient("The CRM is busy.")
        start()
        waits = []
        for _ in range(3):
            at = stored().due_at
            running.advance_due(at_clock=at_clock(at))
            waits.append(stored().due_at - at)
        two_objects.fail_reads = None

        running.advance_due(at_clock=at_clock(stored().due_at))

        assert waits == [running.FIRST_WAIT * factor for factor in (1, 2, 4)]
        assert (stored().state, stored().trouble_text, stored().attempts) == ("finished", "", 0)

    def test_a_run_is_given_up_after_most_of_a_day(self, two_objects):
        two_objects.fail_reads = Transient("The CRM is busy.")
        start()

        running.advance_due(at_clock=at_clock(LATER + running.PATIENCE))

        assert (stored().state, stored().trouble_text) == ("failed", "The CRM is busy.")
        assert not Target.objects.exists()

    def test_a_stumble_of_our_own_postpones_the_run_too(self, two_objects, monkeypatch):
        def stumble(wanted):
            raise KeyError("nonsense")

        monkeypatch.setattr(two_objects, "read", stumble)

        run = reconcile()

        assert (run.state, run.trouble_code) == ("running", "not_compared")
