"""A proposal beside a small model of it: the model says beforehand what each act comes to."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from approvals import decisions, expiry, preparation, submission
from approvals.models import Decision, Proposal, Review
from approvals.states import ProposalState
from audit.models import Entry
from orchestrator.commits.models import Commit
from orchestrator.connectors import registry
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User
from tests.factories import AT, OPPORTUNITY, create_draft, create_proposal, create_workflow
from tests.fake_connector import FakeCrm

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "A5")]
UNDECIDED = {"received", "in_review", "revision_requested"}
# Who decides in which stage; the second is asked for large deals only.
DECIDERS = ("ben", "cleo")
MOST_QUESTIONS = 3


class Life(RuleBasedStateMachine):
    """The real proposal in PostgreSQL, and what the model knows of it."""

    @initialize(amount=st.sampled_from([100.0, 90000.0]))
    def begin(self, amount):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        crm = FakeCrm()
        self.patch = pytest.MonkeyPatch()
        self.patch.setitem(registry._factories, "salesforce", lambda org: crm)
        crm.add("Opportunity", OPPORTUNITY, Name="Deal", StageName="Prospecting", Amount=amount)
        create_workflow()
        self.at = AT
        proposal = create_proposal(state="received")
        self.id, self.first_digest = proposal.pk, proposal.digest
        self.requester = Actor(ActorKind.AGENT, proposal.requester_id, "")
        # The model.
        self.stages = 1 if amount < 50000 else 2
        self.state, self.revision, self.prepared = "received", 1, False
        self.stage, self.voted, self.questions, self.votes = 0, set(), 0, 0

    def teardown(self):
        if hasattr(self, "savepoint"):
            self.patch.undo()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def current(self):
        return Proposal.objects.get(pk=self.id)

    def attempt(self, call, **arguments):
        """Say whether the act was let through; a refusal is fine, an error is not."""
        try:
            with transaction.atomic():
                call(**arguments, at=self.at)
        except DomainError:
            return False
        return True

    @rule(minutes=st.sampled_from([1, 45, 300]))
    def time_passes(self, minutes):
        self.at += dt.timedelta(minutes=minutes)

    @rule()
    def prepare(self):
        if self.at >= self.current().deadline_at and self.state in UNDECIDED:
            return
        preparation.prepare_due(at=self.at)
        if self.state in ("received", "in_review") and not self.prepared:
            self.state, self.prepared = "in_review", True

    @rule(
        name=st.sampled_from(["ben", "ben", "cleo", "cleo", "ada", "eve"]),
        vote=st.sampled_from(["approve", "approve", "deny", "send_back"]),
        stale=st.booleans(),
    )
    def vote(self, name, vote, stale):
        current = self.current()
        expected = (
            self.state == "in_review"
            and self.prepared
            and self.at < current.deadline_at
            and not (stale and self.revision > 1)
            and name == DECIDERS[self.stage]
            and name not in self.voted
            and not (vote == "send_back" and self.questions >= MOST_QUESTIONS)
        )
        done = self.attempt(
            decisions.decide,
            proposal_id=self.id,
            person=User.objects.get(username=name),
            vote=vote,
            digest=self.first_digest if stale else current.digest,
            reason_code="other",
            text="Because.",
        )
        assert done == expected
        if done:
            self._count(name, vote)

    @rule()
    def somebody_votes_on_what_was_revised_meanwhile(self):
        self.revise(answered=True)
        self.prepare()
        if self.state in UNDECIDED:
            self.vote(DECIDERS[self.stage], "approve", stale=True)

    def _count(self, name, vote):
        self.votes += 1
        self.voted.add(name)
        if vote == "deny":
            self.state = "denied"
        elif vote == "send_back":
            self.state, self.questions = "revision_requested", self.questions + 1
        elif self.stage + 1 == self.stages:
            self.state = "approved"
        else:
            self.stage += 1

    @rule(answered=st.booleans())
    def revise(self, answered):
        expected = (
            self.state in UNDECIDED
            and self.at <= self.current().deadline_at
            and (answered or self.state != "revision_requested")
        )
        done = self.attempt(
            submission.submit_revision,
            proposal=Proposal(pk=self.id),
            draft=create_draft(fields={"NextStep": f"Step {self.revision}"}),
            answer="Yes." if answered else "",
            by=self.requester,
        )
        assert done == expected
        if done:
            self.revision += 1
            self.state = "received" if self.state == "received" else "in_review"
            self.stage, self.voted, self.prepared = 0, set(), False

    @rule(owner=st.sampled_from(["the agent", "ada", "eve"]))
    def withdraw(self, owner):
        by = self.requester
        if owner != "the agent":
            by = User.objects.get(username=owner).actor
        done = self.attempt(submission.withdraw, proposal=Proposal(pk=self.id), reason="No.", by=by)
        assert done == (self.state in {*UNDECIDED, "approved"} and owner != "eve")
        if done:
            self.state = "withdrawn"

    @rule()
    def expire(self):
        current = self.current()
        undecided = self.state in UNDECIDED and current.deadline_at <= self.at
        unwritten = self.state == "approved" and current.execute_by <= self.at
        expiry.expire_due(at=self.at)
        if undecided or unwritten:
            self.state = "expired"

    @invariant()
    def it_is_as_the_model_says(self):
        if not hasattr(self, "id"):
            return
        current = self.current()
        assert (current.state, current.revision_number) == (self.state, self.revision)
        assert Decision.objects.filter(review__proposal=self.id).count() == self.votes
        waiting = Review.objects.filter(proposal=self.id, state="open").count()
        assert waiting == (self.state == "in_review" and self.prepared)
        assert self.state in ProposalState.values()

    @invariant()
    def there_is_a_commit_for_what_was_approved_and_for_nothing_else(self):
        if not hasattr(self, "id"):
            return
        approved = Entry.objects.filter(proposal_id=self.id, event="proposal.approved")
        digests = {entry.detail["digest"] for entry in approved}
        commits = Commit.objects.filter(proposal=self.id).select_related("revision")
        assert {commit.revision.digest for commit in commits} == digests
        assert len(digests) <= 1


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
