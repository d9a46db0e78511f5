"""Commits under random events, against a small model: some things never happen to them."""

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from approvals import expiry, preparation, submission
from approvals.models import Change, Proposal
from audit.models import Entry
from orchestrator.commits import deadletters, engine, fence, settlement
from orchestrator.commits.models import Commit, Halt, Hold
from orchestrator.commits.states import IN_FLIGHT
from orchestrator.connectors import registry
from orchestrator.kernel import faultpoints
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.orgs.models import Org
from tests.chaos.unreliable import ANSWERS, Crash, UnreliableCrm
from tests.factories import AT, create_draft, create_proposal, create_workflow, get_user, vote_on
from tests.races.test_crashes import POINTS, SWEEP_POINTS

pytestmark = [pytest.mark.django_db, pytest.mark.req("E1", "E2")]
DEALS = 3
# What a proposal may be while its commit is in a state; a closed commit says nothing any more.
AGREES = {
    "queued": {"approved", "withdrawn", "expired"},
    "claimed": {"committing"},
    "written": {"committing", "outcome_unknown"},
    "unknown": {"outcome_unknown"},
    "failed": {"failed"},
    "done": {"committed"},
    "discarded": {"discarded"},
}


class Life(RuleBasedStateMachine):
    """A few deals, their approved changes, one unreliable CRM, workers that die, and the clock."""

    @initialize()
    def begin(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.crm = UnreliableCrm()
        self.patch = pytest.MonkeyPatch()
        self.patch.setitem(registry._factories, "salesforce", lambda org: self.crm)
        self.armed = ""
        self.patch.setattr(faultpoints, "reach", self.reach)
        create_workflow()
        self.at, self.number = AT, 0
        self.deals = [
            self.crm.add(
                "Opportunity", f"006{n:012d}", Name=f"Deal {n}", NextStep="Wait", Amount=1.0
            )
            for n in range(1, DEALS + 1)
        ]
        # A dead worker's records stay held until the sweep has been there.
        self.swept = True

    def teardown(self):
        if hasattr(self, "savepoint"):
            self.patch.undo()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def reach(self, name):
        if name == self.armed:
            self.armed = ""
            raise Crash(name)

    def survive(self, act, point):
        """Act as a process that may be killed at a point: what it had committed stands."""
        self.armed = point
        try:
            act()
        except Crash:
            self.swept = False
        finally:
            self.armed = ""

    def work(self, skew=0):
        clock = self.at + dt.timedelta(seconds=skew)
        engine.drain(org_id=Org.objects.get().pk, at_clock=lambda: clock)

    def sweep(self):
        settlement.settle_stale(at=self.at)
        self.swept = True

    @rule(minutes=st.sampled_from([1, 5, 20, 300]))
    def time_passes(self, minutes):
        self.at += dt.timedelta(minutes=minutes)
        self.crm.at = max(self.crm.at, self.at)

    @rule(deal=st.integers(0, DEALS - 1))
    def approve(self, deal):
        self.number += 1
        self.crm.fail_reads = None
        draft = create_draft(
            record_id=self.deals[deal].record_id, fields={"NextStep": f"Step {self.number}"}
        )
        create_proposal(state="approved", draft=draft, at=self.at)

    @rule()
    def people_look_again(self):
        preparation.prepare_due(limit=50, at=self.at)
        for proposal in Proposal.objects.filter(
            state="in_review", prepare_at=None, deadline_at__gt=self.at
        ):
            vote_on(proposal=proposal, at=self.at)

    @rule(answer=st.sampled_from(ANSWERS), skew=st.sampled_from([0, 0, -40, 40]))
    def drain(self, answer, skew):
        self.crm.answer = answer
        self.work(skew)

    @rule(answer=st.sampled_from(ANSWERS), point=st.sampled_from(POINTS))
    def drain_and_die(self, answer, point):
        self.crm.answer = answer
        self.survive(self.work, point)

    @rule(point=st.sampled_from(["", "", *SWEEP_POINTS]))
    def settle(self, point):
        self.survive(self.sweep, point)

    @rule(deal=st.integers(0, DEALS - 1))
    def somebody_edits(self, deal):
        self.number += 1
        self.crm.edit(self.deals[deal], NextStep=f"By hand {self.number}")

    @rule(deal=st.integers(0, DEALS - 1))
    def somebody_edits_between_the_approval_and_the_write(self, deal):
        self.approve(deal)
        self.somebody_edits(deal)
        self.drain("written", 0)

    @rule(give_up=st.booleans())
    def a_person_looks_after_a_dead_letter(self, give_up):
        act = deadletters.discard if give_up else deadletters.requeue
        for commit in Commit.objects.filter(state="failed"):
            act(commit_id=commit.pk, reason="Seen.", person=get_user("dora"), at=self.at)

    @rule()
    def the_agent_withdraws(self):
        for proposal in Proposal.objects.filter(state="approved")[:1]:
            by = Actor(ActorKind.AGENT, proposal.requester_id, "")
            submission.withdraw(proposal=proposal, reason="No.", by=by, at=self.at)

    @rule()
    def expire(self):
        expiry.expire_due(at=self.at)

    @precondition(lambda self: not Halt.objects.exclude(state="released").exists())
    @rule(scope=st.sampled_from([("all", ""), ("org", "acme-prod"), ("object", "Opportunity")]))
    def halt(self, scope):
        row = fence.halt(
            scope=scope[0], value=scope[1], reason="Odd.", by=get_user("dora").actor, at=self.at
        )
        confirmed = fence.confirm(halt=row, at=self.at, wait=0)
        before = len(self.crm.overwrites)
        self.crm.answer = "written"
        self.work()
        assert len(self.crm.overwrites) == before
        assert confirmed == (fence.in_flight(row) == 0)

    @rule()
    def release(self):
        for row in Halt.objects.exclude(state="released"):
            fence.ask_release(halt=row, reason="Over.", by=get_user("dora").actor, at=self.at)
            fence.release(halt=row, by=get_user("ben").actor, at=self.at)

    @invariant()
    def nothing_is_written_twice_or_without_approval_or_over_a_record_that_moved(self):
        if not hasattr(self, "crm"):
            return
        written = Counter(one.new for one in self.crm.overwrites)
        assert not [value for value, times in written.items() if times > 1]
        for one in self.crm.overwrites:
            bases = [
                change.base["NextStep"]
                for change in Change.objects.filter(
                    record_id=one.record_id, fields__NextStep=one.new, base__isnull=False
                ).select_related("revision")
                if approved(change.revision)
            ]
            assert one.old in bases, f"{one}: people had approved it over {bases}"

    @invariant()
    def commits_and_proposals_agree(self):
        for state, proposal_state in Commit.objects.values_list("state", "proposal__state"):
            assert proposal_state in AGREES.get(state, {proposal_state}), (state, proposal_state)

    @invariant()
    def holds_are_there_for_commits_in_flight(self):
        held = dict(Hold.objects.values_list("key", "commit"))
        in_flight = {commit.pk: commit for commit in Commit.objects.filter(state__in=IN_FLIGHT)}
        for commit in in_flight.values():
            assert {held.get(key) for key in commit.record_keys} == {commit.pk}
        if getattr(self, "swept", False):
            assert set(held.values()) <= set(in_flight)

    @invariant()
    def everything_open_has_a_time_when_somebody_looks(self):
        for commit in Commit.objects.filter(state__in=[*IN_FLIGHT, "queued"]):
            looked_at = {
                "queued": commit.due_at,
                "claimed": commit.claimed_at,
                "written": commit.written_at,
                "unknown": commit.orphaned_at or commit.finished_at,
            }
            assert looked_at[commit.state] is not None
        for proposal in Proposal.objects.filter(state__in=["approved", "in_review"]):
            clock = proposal.execute_by if proposal.state == "approved" else proposal.deadline_at
            assert clock is not None


def approved(revision):
    """Say whether the ledger has an approval of exactly this revision and digest."""
    entries = Entry.objects.filter(event="proposal.approved", proposal_id=revision.proposal_id)
    return any(entry.detail["digest"] == revision.digest for entry in entries)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
