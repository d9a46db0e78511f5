"""Whatever code moves a proposal, an outcome is written for what somebody must learn of."""

import datetime as dt

import pytest
from django.db import connection

from approvals import outcomes
from approvals.models import Outcome, Proposal
from approvals.states import ANNOUNCED, APPROVED_ONCE, CLOSED, PROPOSAL_MOVES, ProposalState
from orchestrator.kernel.actors import system
from tests.factories import AT, create_proposal, vote_on

pytestmark = [pytest.mark.django_db, pytest.mark.req("I1", "E5")]
LEFT, MOVED = AT + dt.timedelta(hours=1), AT + dt.timedelta(hours=2)
ENGINE = system("commit engine")
BY_HAND = """
UPDATE approvals_proposal SET state = 'in_review' WHERE id = %s;
UPDATE approvals_proposal SET state = 'revision_requested', moved_at = NULL WHERE id = %s
"""
# What is told although the state itself is an ordinary one.
ALSO_TOLD = {
    ("in_review", "approved"),
    ("approved", "in_review"),
    ("committing", "in_review"),
    ("failed", "in_review"),
}


def put(proposal, state, at, **more):
    """Write a state behind the back of every operation, with the columns that it needs."""
    Proposal.objects.filter(pk=proposal.pk).update(
        state=state,
        prepare_at=None,
        closed_at=at if state in CLOSED else None,
        approved_at=at if state in APPROVED_ONCE else None,
        execute_by=at if state in APPROVED_ONCE else None,
        moved_at=at,
        answer_by=at,
        decide_left=dt.timedelta(hours=1),
        reverted_by=proposal.pk if state == "reverted" else None,
        **more,
    )


def told(proposal):
    return list(Outcome.objects.filter(proposal=proposal).values_list("sequence", "state", "at"))


class TestTheTrigger:
    def test_writes_an_outcome_on_every_move_that_somebody_must_learn_of(self, crm, record):
        proposal = create_proposal(state="in_review")
        written = {}
        for left, onward in PROPOSAL_MOVES.items():
            for to in onward:
                put(proposal, left, LEFT)
                Outcome.objects.all().delete()
                put(proposal, to, MOVED)
                written[left.value, to.value] = told(proposal)

        expected = {
            (left.value, to.value): [(1, to.value, MOVED)]
            if to in ANNOUNCED or (left.value, to.value) in ALSO_TOLD
            else []
            for left, onward in PROPOSAL_MOVES.items()
            for to in onward
        }
        assert written == expected

    def test_leaves_out_no_terminal_state(self):
        assert CLOSED <= ANNOUNCED

    def test_says_what_it_came_to_and_of_which_content(self, crm, record):
        proposal = create_proposal(state="denied")

        outcome = Outcome.objects.get(proposal=proposal)
        assert (outcome.state, outcome.outcome_code) == ("denied", "wrong_value")
        assert (outcome.revision, outcome.digest) == (1, proposal.digest)
        assert (outcome.announced_at, outcome.tries) == (None, 0)

    def test_counts_on_for_each_proposal(self, crm, record):
        proposal = create_proposal(state="in_review")
        for state in ("approved", "failed", "in_review", "denied"):
            put(proposal, state, MOVED)

        found = [(sequence, state) for sequence, state, _ in told(proposal)]
        assert found == [(1, "approved"), (2, "failed"), (3, "in_review"), (4, "denied")]

    def test_is_silent_about_columns_that_change_beside_the_state(self, crm, record):
        proposal = create_proposal(state="denied")

        Proposal.objects.filter(pk=proposal.pk).update(outcome_text="More words.", title="Other")

        assert len(told(proposal)) == 1

    def test_sees_a_hand_in_the_database_and_takes_the_databases_time(self, crm, record):
        proposal = create_proposal(state="revision_requested")
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, [proposal.pk, proposal.pk])
            cursor.execute("SELECT clock_timestamp()")
            (now,) = cursor.fetchone()

        last = Outcome.objects.filter(proposal=proposal).last()
        assert abs(now - last.at) < dt.timedelta(minutes=1)

    def test_writes_one_for_a_row_that_begins_closed(self, crm, record):
        proposal = create_proposal(state="denied")
        copy = Proposal.objects.get(pk=proposal.pk)
        copy.pk, copy.idempotency_key = "prp_another", "another"
        copy.save(force_insert=True)

        assert told(copy) == [(1, "denied", proposal.closed_at)]


class TestTheTimeOfAnOutcome:
    """Each operation hands its `at` to the row: the clock of a test, never that of the database."""

    @pytest.mark.parametrize(
        ("state", "vote"), [("denied", "deny"), ("revision_requested", "send_back")]
    )
    def test_is_that_of_the_vote(self, crm, record, state, vote):
        proposal = create_proposal(state="in_review")

        vote_on(proposal=proposal, vote=vote, at=AT + dt.timedelta(minutes=7))

        assert told(proposal) == [(1, state, AT + dt.timedelta(minutes=7))]

    @pytest.mark.parametrize("state", ["approved", "withdrawn"])
    def test_is_that_of_the_operation(self, crm, record, state):
        assert told(create_proposal(state=state)) == [(1, state, AT)]

    def test_is_the_deadline_of_what_expired_then(self, crm, record):
        proposal = create_proposal(state="expired")

        assert told(proposal) == [(1, "expired", proposal.deadline_at)]

    def test_is_that_of_the_commit_engine(self, crm, record):
        proposal = create_proposal(state="approved")
        ids, words = [proposal.pk], {"code": "X", "text": "words"}
        moments = [AT + dt.timedelta(minutes=minutes) for minutes in range(5)]
        put(proposal, "committing", AT)
        outcomes.mark_unknown(proposal_ids=ids, at=moments[1], **words)
        outcomes.mark_failed(proposal_ids=ids, at=moments[2], **words)
        outcomes.mark_requeued(proposal_id=proposal.pk, at=moments[3])
        outcomes.return_to_people(
            proposal_id=proposal.pk, conflict={}, by=ENGINE, at=moments[4], **words
        )

        assert told(proposal)[1:] == [
            (2, ProposalState.OUTCOME_UNKNOWN, moments[1]),
            (3, ProposalState.FAILED, moments[2]),
            (4, ProposalState.IN_REVIEW, moments[4]),
        ]
