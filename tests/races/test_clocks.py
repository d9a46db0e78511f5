"""A machine's clock jumps ahead or back: nothing is lost or doubled, and no claim waits for it."""

import datetime as dt

import pytest

from approvals import decisions, expiry
from approvals.models import Proposal, Review
from audit.models import Entry
from orchestrator.commits import fence
from orchestrator.commits.models import Commit, Hold
from orchestrator.kernel import faultpoints
from tests.chaos.unreliable import Crash
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle, state_of
from tests.factories import AT, create_draft, create_proposal, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("E1")]
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
AHEAD, BEHIND = SOON + HOUR, SOON - HOUR


@pytest.fixture
def dies_at(monkeypatch):
    """Let a worker or a sweep die at a point, at the moment that its clock shows."""

    def die(point, act, at):
        def reach(name):
            if name == point:
                raise Crash(name)

        with monkeypatch.context() as patch:
            patch.setattr(faultpoints, "reach", reach)
            with pytest.raises(Crash):
                act(at)

    return die


def check_written_once(crm, proposal):
    assert [effect[0] for effect in crm.effects] == ["update"]
    assert (commit_of(proposal).state, state_of(proposal)) == ("done", "committed")
    assert not Hold.objects.exists()


class TestWorkerWhoseClockIsAhead:
    def test_leaves_no_claim_that_waits_until_everybody_else_is_there(self, crm, dies_at):
        proposal = approve(opportunity(crm))
        dies_at("after_claim", drain, AHEAD)
        settle(SOON + MINUTE)
        drain(SOON + MINUTE)
        check_written_once(crm, proposal)

    @pytest.mark.parametrize("point", ["after_announcing", "after_answer"])
    def test_leaves_no_write_in_the_dark(self, crm, dies_at, point):
        proposal = approve(opportunity(crm))
        dies_at(point, drain, AHEAD)
        for minute in range(1, 4):
            settle(SOON + minute * MINUTE)
            drain(SOON + minute * MINUTE)
        check_written_once(crm, proposal)

    def test_leaves_no_written_commit_unread(self, crm, dies_at):
        proposal = approve(opportunity(crm))
        dies_at("after_recording", drain, AHEAD)
        settle(SOON + MINUTE)
        check_written_once(crm, proposal)

    def test_writes_nothing_that_has_run_out_by_its_clock(self, crm):
        proposal = approve(opportunity(crm))
        drain(SOON + 30 * HOUR)
        assert crm.effects == []
        drain(SOON)
        check_written_once(crm, proposal)


class TestSweepWhoseClockIsAhead:
    def test_does_not_put_off_the_others(self, crm, dies_at):
        proposal = approve(opportunity(crm))
        dies_at("after_answer", drain, SOON)
        dies_at("before_settling", lambda at: [settle(at), settle(at + MINUTE)], AHEAD)
        assert commit_of(proposal).state == "unknown"
        for minute in range(1, 4):
            settle(SOON + minute * MINUTE)
        check_written_once(crm, proposal)

    def test_lets_expire_and_never_approves(self, crm):
        undecided = create_proposal(draft=create_draft(record_id=opportunity(crm).record_id))
        expiry.expire_due(at=undecided.deadline_at + HOUR)
        assert state_of(undecided) == "expired"
        assert not Commit.objects.exists()


class TestWorkerWhoseClockIsBehind:
    def test_finds_nothing_due_and_loses_nothing(self, crm):
        proposal = approve(opportunity(crm))
        drain(BEHIND)
        assert crm.effects == []
        drain(SOON)
        check_written_once(crm, proposal)

    @pytest.mark.parametrize("point", ["after_claim", "after_announcing", "after_answer"])
    def test_is_followed_by_others_as_soon_as_it_dies(self, crm, dies_at, point):
        proposal = approve(opportunity(crm), at=AT - 2 * HOUR)
        dies_at(point, drain, BEHIND)
        for minute in range(3):
            settle(SOON + minute * MINUTE)
            drain(SOON + minute * MINUTE)
        check_written_once(crm, proposal)


class TestWaits:
    def test_a_vote_before_its_review_was_opened_took_no_time(self, crm):
        proposal = create_proposal(draft=create_draft(record_id=opportunity(crm).record_id))
        opened = Review.objects.get(proposal=proposal, state="open").opened_at
        decisions.decide(
            proposal_id=proposal.pk,
            person=get_user("ben"),
            vote="approve",
            digest=Proposal.objects.get(pk=proposal.pk).digest,
            reason_code="",
            text="",
            at=opened - MINUTE,
        )
        assert Entry.objects.get(event="review.voted").detail["seconds"] == 0

    def test_a_halt_that_is_confirmed_before_it_was_asked_for_took_no_time(self, db):
        row = fence.halt(scope="all", value="", reason="Odd.", by=get_user("dora").actor, at=SOON)
        assert fence.confirm(halt=row, at=SOON - MINUTE, wait=0)
        assert Entry.objects.get(event="switch.confirmed").detail["milliseconds"] == 0
