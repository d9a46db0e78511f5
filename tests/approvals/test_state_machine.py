"""A proposal's life under random events: whatever happens, some things never do."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from approvals import decisions, expiry, outcomes, preparation, submission
from approvals.models import Decision, Proposal, Review, Revision
from approvals.states import CLOSED, PROPOSAL_MOVES, UNDECIDED
from audit.models import Entry
from orchestrator.commits.models import Commit
from orchestrator.connectors import registry
from orchestrator.connectors.errors import Transient
from orchestrator.kernel.actors import Actor, ActorKind, system
from orchestrator.kernel.errors import DomainError
from orchestrator.kernel.states import StaleState
from orchestrator.people.models import User
from tests.factories import AT, OPPORTUNITY, create_draft, create_proposal, create_workflow
from tests.fake_connector import FakeCrm

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "A5")]
ENGINE = system("commit engine")
PEOPLE = ["ada", "ben", "cleo", "dora", "eve"]


class Life(RuleBasedStateMachine):
    """One proposal, everybody who may touch it, and the clock."""

    @initialize(amount=st.sampled_from([100.0, 90000.0]))
    def begin(self, amount):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.crm = FakeCrm()
        self.patch = pytest.MonkeyPatch()
        self.patch.setitem(registry._factories, "salesforce", lambda org: self.crm)
        self.record = self.crm.add(
            "Opportunity", OPPORTUNITY, Name="Deal", StageName="Prospecting", Amount=amount
        )
        create_workflow()
        self.at = AT
        self.proposal = create_proposal(state="received")
        self.seen = [self.proposal.digest]
        self.state = "received"
        self.number = 0

    def teardown(self):
        if hasattr(self, "savepoint"):
            self.patch.undo()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def attempt(self, call, **arguments):
        """Do it; a refusal is fine, an error is not."""
        try:
            with transaction.atomic():
                return call(**arguments)
        except (DomainError, StaleState):
            return None

    def current(self):
        return Proposal.objects.get(pk=self.proposal.pk)

    @rule(minutes=st.sampled_from([1, 30, 200]))
    def time_passes(self, minutes):
        self.at += dt.timedelta(minutes=minutes)

    @rule(working=st.booleans())
    def prepare(self, working):
        self.crm.fail_reads = None if working else Transient("down")
        preparation.prepare_due(at=self.at)

    @rule(
        name=st.sampled_from(PEOPLE),
        vote=st.sampled_from(["approve", "deny", "send_back"]),
        old=st.booleans(),
    )
    def vote(self, name, vote, old):
        current = self.current()
        self.seen.append(current.digest)
        digest = self.seen[0] if old else current.digest
        done = self.attempt(
            decisions.decide,
            proposal_id=current.pk,
            person=User.objects.get(username=name),
            vote=vote,
            digest=digest,
            reason_code="other",
            text="Because.",
            at=self.at,
        )
        if done is not None:
            assert digest == current.digest
            assert name not in current.barred
            assert self.at < current.deadline_at

    @rule()
    def revise(self):
        self.number += 1
        self.attempt(
            submission.submit_revision,
            proposal=self.proposal,
            draft=create_draft(fields={"NextStep": f"Step {self.number}"}),
            answer="Yes.",
            by=Actor(ActorKind.AGENT, self.proposal.requester_id, ""),
            at=self.at,
        )

    @rule()
    def withdraw(self):
        self.attempt(
            submission.withdraw,
            proposal=self.proposal,
            reason="No.",
            by=Actor(ActorKind.AGENT, self.proposal.requester_id, ""),
            at=self.at,
        )

    @rule()
    def expire(self):
        expiry.expire_due(at=self.at)
        current = self.current()
        if current.state in UNDECIDED:
            assert current.deadline_at > self.at

    @rule()
    def record_moves(self):
        self.number += 1
        self.crm.edit(self.record, Name=f"Deal {self.number}")
        Commit.objects.filter(proposal=self.proposal, state="queued").update(state="conflict")
        if self.current().state in ("approved", "committing"):
            outcomes.return_to_people(
                proposal_id=self.proposal.pk,
                conflict={},
                code="record_moved",
                text="It moved.",
                by=ENGINE,
                at=self.at,
            )

    @rule()
    def engine_starts(self):
        outcomes.mark_committing(proposal_ids=[self.proposal.pk], at=self.at)

    @rule(mark=st.sampled_from(["committed", "failed", "unknown", "postponed"]))
    def engine_ends(self, mark):
        ids = [self.proposal.pk]
        if mark == "committed":
            outcomes.mark_committed(proposal_ids=ids, at=self.at)
        else:
            getattr(outcomes, f"mark_{mark}")(proposal_ids=ids, code="X", text="words", at=self.at)

    @invariant()
    def only_moves_that_the_table_has(self):
        if not hasattr(self, "proposal"):
            return
        state = self.current().state
        assert state == self.state or reachable(self.state, state)
        self.state = state

    @invariant()
    def whatever_is_approved_was_voted_for_by_people_who_saw_it(self):
        if not hasattr(self, "proposal"):
            return
        current = self.current()
        if current.state not in ("approved", "committing", "committed"):
            return
        revision = Revision.objects.get(proposal=current, number=current.revision_number)
        reviews = list(Review.objects.filter(revision=revision))
        assert reviews
        for review in reviews:
            votes = Decision.objects.filter(review=review, vote="approve")
            assert votes.count() >= review.quorum
            assert {vote.digest for vote in votes} == {current.digest}
        voters = Decision.objects.filter(revision=revision).values_list("person", flat=True)
        assert len(voters) == len(set(voters))

    @invariant()
    def whatever_waits_has_somebody_to_ask_and_an_end(self):
        if not hasattr(self, "proposal"):
            return
        current = self.current()
        waiting = Review.objects.filter(proposal=current, state="open").count()
        if current.state == "in_review":
            assert (waiting == 1) != (current.prepare_at is not None)
        else:
            assert waiting == 0
        assert (current.closed_at is not None) == (current.state in CLOSED)

    @invariant()
    def every_revision_has_its_entry(self):
        if not hasattr(self, "proposal"):
            return
        entries = Entry.objects.filter(
            proposal_id=self.proposal.pk,
            event__in=["proposal.submitted", "proposal.revised", "proposal.returned"],
        )
        assert entries.count() == self.current().revision_number


def reachable(left, to):
    """Say whether moves of the table lead from one state to the other (a rule may make several)."""
    onward, seen = {left}, set()
    while onward:
        seen |= onward
        onward = {str(move) for state in onward for move in PROPOSAL_MOVES[state]} - seen
    return to in seen


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
