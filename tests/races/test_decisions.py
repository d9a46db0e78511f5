"""People, agents and sweeps that act on one proposal at the same moment."""

import datetime as dt
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connections

from approvals import decisions, expiry, outcomes, preparation, submission
from approvals.models import Decision, Proposal, Review, Revision
from approvals.requesters import agent_requester
from audit.models import Entry
from orchestrator.agents.models import Agent
from orchestrator.commits.models import Commit
from orchestrator.kernel import wakeups
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User
from tests.factories import (
    AT,
    OPPORTUNITY,
    create_draft,
    create_granted_agent,
    create_proposal,
    create_role,
    create_user,
    create_workflow,
)
from tests.fake_connector import FakeCrm

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10
SOON = AT + dt.timedelta(minutes=5)


@pytest.fixture(autouse=True)
def deals(crm: FakeCrm, monkeypatch: pytest.MonkeyPatch) -> FakeCrm:
    """Return a CRM with a few deals; nothing but the test prepares or commits."""
    monkeypatch.setattr(wakeups, "wake", lambda name: None)
    for number in range(40):
        crm.add("Opportunity", f"006{number:012d}", Name=f"Deal {number}", Amount=100.0)
    create_workflow()
    create_role(slug="deal-desk", members=[create_user(username="bea")])
    return crm


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls at the same moment, each on a connection of its own; return values and refusals."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        start.wait(timeout=10)
        try:
            results[place] = call()
        except Exception as error:  # noqa: BLE001 - the test looks at whatever came of it
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def refusals(results: list[Any]) -> list[str]:
    unexpected = [
        each
        for each in results
        if isinstance(each, Exception) and not isinstance(each, DomainError)
    ]
    assert unexpected == []
    return sorted(each.code for each in results if isinstance(each, DomainError))


def voting(proposal: Proposal, username: str, vote: str = "approve", at: dt.datetime = SOON):
    person = User.objects.get(username=username)
    return lambda: decisions.decide(
        proposal_id=proposal.pk,
        person=person,
        vote=vote,
        digest=proposal.digest,
        reason_code="wrong_value" if vote == "deny" else "",
        text="Seen.",
        at=at,
    )


def requester_of(proposal: Proposal) -> Actor:
    return Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label)


@pytest.mark.req("A4")
class TestTwoApprovers:
    def test_write_one_approval_and_one_is_told_who_was_faster(self):
        for number in range(ROUNDS):
            proposal = create_proposal(draft=create_draft(record_id=f"006{number:012d}"))

            results = together(voting(proposal, "ben"), voting(proposal, "bea"))

            assert refusals(results) == ["already_decided"]
            assert Commit.objects.filter(proposal=proposal).count() == 1
            assert Decision.objects.filter(revision__proposal=proposal).count() == 1

    def test_complete_a_quorum_of_two_exactly_once(self):
        for number in range(ROUNDS):
            proposal = create_proposal(draft=create_draft(record_id=f"006{number:012d}"))
            Review.objects.filter(proposal=proposal).update(quorum=2)

            results = together(voting(proposal, "ben"), voting(proposal, "bea"))

            assert refusals(results) == []
            assert Proposal.objects.get(pk=proposal.pk).state == "approved"
            assert Commit.objects.filter(proposal=proposal).count() == 1

    def test_who_disagree_leave_one_answer(self):
        for number in range(ROUNDS):
            proposal = create_proposal(draft=create_draft(record_id=f"006{number:012d}"))

            results = together(voting(proposal, "ben"), voting(proposal, "bea", "deny"))

            assert refusals(results) == ["already_decided"]
            vote = Decision.objects.get(revision__proposal=proposal).vote
            state = Proposal.objects.get(pk=proposal.pk).state
            assert (vote, state) in {("approve", "approved"), ("deny", "denied")}
            assert Commit.objects.filter(proposal=proposal).exists() == (state == "approved")

    def test_who_are_one_person_with_two_windows_vote_once(self):
        for number in range(ROUNDS):
            proposal = create_proposal(draft=create_draft(record_id=f"006{number:012d}"))
            Review.objects.filter(proposal=proposal).update(quorum=2)

            results = together(voting(proposal, "ben"), voting(proposal, "ben"))

            assert refusals(results) == ["already_voted"]
            assert Proposal.objects.get(pk=proposal.pk).state == "in_review"


class TestSubmittedTwice:
    def submitting(self, key: str, **changes: Any) -> Callable[[], Any]:
        agent = Agent.objects.select_related("owner").get(slug="racer")
        requester = agent_requester(agent)
        draft = create_draft(record_id=OPPORTUNITY, **changes)
        return lambda: submission.submit(
            draft=draft, requester=requester, idempotency_key=key, at=AT
        )

    def test_with_one_key_makes_one_proposal(self):
        create_granted_agent(workflow=create_workflow(), slug="racer")
        for number in range(ROUNDS):
            key = f"key-{number}"

            results = together(*[self.submitting(key) for _ in range(4)])

            assert refusals(results) == []
            assert sorted(each.replay for each in results) == [False, True, True, True]
            assert len({each.proposal.pk for each in results}) == 1
            assert Proposal.objects.filter(idempotency_key=key).count() == 1
        assert Entry.objects.filter(event="proposal.submitted").count() == ROUNDS

    def test_with_one_key_and_two_contents_takes_one(self):
        create_granted_agent(workflow=create_workflow(), slug="racer")
        for number in range(ROUNDS):
            key = f"key-{number}"

            results = together(
                self.submitting(key), self.submitting(key, reason_text="Another reason.")
            )

            assert refusals(results) == ["idempotency_key_reused"]
            assert Proposal.objects.filter(idempotency_key=key).count() == 1


@pytest.mark.req("A5")
class TestExpiryAgainstApproval:
    def test_leaves_one_of_the_two(self):
        states = set()
        for number in range(ROUNDS * 2):
            proposal = create_proposal(draft=create_draft(record_id=f"006{number:012d}"))
            late = proposal.deadline_at

            results = together(
                voting(proposal, "ben", at=late - dt.timedelta(seconds=1)),
                partial(expiry.expire_due, at=late),
            )

            refused = refusals(results)
            state = Proposal.objects.get(pk=proposal.pk).state
            states.add(state)
            if state == "expired":
                assert refused == ["not_open"]
                assert not Commit.objects.filter(proposal=proposal).exists()
            else:
                assert (state, refused) == ("approved", [])
                assert Commit.objects.filter(proposal=proposal).count() == 1
        assert states <= {"approved", "expired"}


@pytest.mark.req("A5")
class TestRevisionAgainstApproval:
    def test_never_approves_what_nobody_saw(self):
        for number in range(ROUNDS):
            proposal = create_proposal(draft=create_draft(record_id=f"006{number:012d}"))
            revised = create_draft(
                record_id=f"006{number:012d}", fields={"StageName": "Negotiation"}
            )

            results = together(
                voting(proposal, "ben"),
                partial(
                    submission.submit_revision,
                    proposal=proposal,
                    draft=revised,
                    answer="",
                    by=requester_of(proposal),
                    at=SOON,
                ),
            )

            current = Proposal.objects.get(pk=proposal.pk)
            if refusals(results) == ["not_what_you_saw"]:
                assert (current.state, current.revision_number) == ("in_review", 2)
            else:
                assert refusals(results) == ["not_revisable"]
                assert (current.state, current.digest) == ("approved", proposal.digest)
                commit = Commit.objects.get(proposal=proposal)
                assert commit.revision.digest == proposal.digest


class TestWithdrawalAgainstTheEngine:
    def test_leaves_one_of_the_two(self):
        for number in range(ROUNDS):
            proposal = create_proposal(
                state="approved", draft=create_draft(record_id=f"006{number:012d}")
            )

            moved, _ = results = together(
                partial(outcomes.mark_committing, proposal_ids=[proposal.pk], at=SOON),
                partial(
                    submission.withdraw,
                    proposal=proposal,
                    reason="No.",
                    by=requester_of(proposal),
                    at=SOON,
                ),
            )

            state = Proposal.objects.get(pk=proposal.pk).state
            assert (state == "committing") == (moved == {proposal.pk})
            assert refusals(results) == (["not_withdrawable"] if moved else [])


class TestManyPreparers:
    def test_prepare_every_proposal_once(self):
        for number in range(40):
            create_proposal(state="received", draft=create_draft(record_id=f"006{number:012d}"))

        def prepare() -> int:
            return sum(preparation.prepare_due(limit=7, at=AT) for _ in range(6))

        counts = together(prepare, prepare, prepare)

        assert sum(counts) == 40
        assert Proposal.objects.filter(state="in_review").count() == 40
        assert Review.objects.filter(state="open").count() == 40
        assert Entry.objects.filter(event="proposal.prepared").count() == 40

    def test_judge_a_revision_once_when_a_slow_worker_comes_back(self, deals, monkeypatch):
        proposal = create_proposal(state="received", draft=create_draft())
        deals.add("Opportunity", OPPORTUNITY, Name="Late", Amount=100.0)
        read = deals.read

        def slow(wanted: Any) -> Any:
            monkeypatch.setattr(deals, "read", read)
            # The lease runs out; another worker does the whole work meanwhile.
            assert preparation.prepare_due(at=AT + preparation.LEASE) == 1
            return read(wanted)

        monkeypatch.setattr(deals, "read", slow)
        preparation.prepare_due(at=AT)

        assert Revision.objects.get(proposal=proposal).prepared_at == AT + preparation.LEASE
        assert Review.objects.filter(proposal=proposal).count() == 1
