"""Somebody edits a proposal at the moment at which somebody else does something with it."""

import datetime as dt
import signal
from functools import partial
from typing import Any

import pytest

from approvals import decisions, expiry, outcomes, submission
from approvals.models import Decision, Proposal, Review, Revision
from audit.models import Entry
from orchestrator.commits.models import Commit
from orchestrator.kernel import wakeups
from orchestrator.people.models import User
from tests.approvals.altering_scene import SOON, checked, wish, workflow
from tests.factories import SETUP, create_draft, create_proposal, create_user
from tests.fake_connector import FakeCrm
from tests.races.scene import died_of, fork
from tests.races.test_decisions import refusals, requester_of, together, voting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("A4", "A5")]
ROUNDS = 5
STAGE = wish({"StageName": "Proposal"})
STEP = wish({"NextStep": "Call them"})
LOWER = wish({"StageName": "Qualification", "NextStep": "Call them"})


@pytest.fixture(autouse=True)
def deals(crm: FakeCrm, monkeypatch: pytest.MonkeyPatch) -> FakeCrm:
    """Return a CRM with a few deals, two people on the deal desk, and nothing else that runs."""
    monkeypatch.setattr(wakeups, "wake", lambda name: None)
    for number in range(ROUNDS):
        crm.add("Opportunity", f"006{number:012d}", Name=f"Deal {number}", Amount=100.0)
    workflow(edits="second", with_bea=True)
    create_user(username="cara")
    return crm


def asked(number: int) -> Proposal:
    fields = {"StageName": "Proposal", "NextStep": "Call them"}
    return create_proposal(draft=create_draft(record_id=f"006{number:012d}", fields=fields))


def altering(proposal: Proposal, wanted: Any, username: str, at: dt.datetime = SOON) -> Any:
    person, seen = User.objects.get(username=username), checked(proposal, wanted)
    return lambda: decisions.approve_altered(
        proposal_id=proposal.pk,
        person=person,
        digest=proposal.digest,
        wish=wanted,
        checked=seen,
        at=at,
        authenticated_at=at,
    )


def stored(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


def no_vote_for_other_content() -> bool:
    """Say whether every vote names the digest of its own revision, and every commit an approved."""
    votes = Decision.objects.select_related("revision")
    return all(vote.digest == vote.revision.digest for vote in votes) and all(
        commit.revision.decisions.filter(vote="approve").exists()
        for commit in Commit.objects.select_related("revision")
    )


def test_two_who_edit_at_once_make_one_revision():
    for number in range(ROUNDS):
        proposal = asked(number)

        results = together(altering(proposal, LOWER, "ben"), altering(proposal, STAGE, "bea"))

        assert refusals(results) in (["not_what_you_saw"], ["already_decided"])
        assert Revision.objects.filter(proposal=proposal).count() == 2
    assert no_vote_for_other_content()


def test_one_form_sent_twice_makes_one_revision_and_one_vote():
    for number in range(ROUNDS):
        proposal = asked(number)
        sent = altering(proposal, STAGE, "ben")

        results = together(sent, sent, sent)

        assert refusals(results) == []
        assert [each.counted for each in results] == [True] * 3
        assert Revision.objects.filter(proposal=proposal).count() == 2
        assert Decision.objects.filter(revision__proposal=proposal).count() == 1
        assert Commit.objects.filter(proposal=proposal).count() == 1


def test_an_edit_against_an_approval_leaves_one_of_the_two():
    for number in range(ROUNDS):
        proposal = asked(number)

        results = together(altering(proposal, LOWER, "ben"), voting(proposal, "bea"))

        now = stored(proposal)
        if refusals(results) == ["not_what_you_saw"]:
            assert (now.state, now.revision_number) == ("in_review", 2)
            assert not Commit.objects.filter(proposal=proposal).exists()
        else:
            assert refusals(results) == ["already_decided"]
            assert (now.state, now.digest) == ("approved", proposal.digest)
    assert no_vote_for_other_content()


def test_a_part_against_a_withdrawal_leaves_one_of_the_two():
    for number in range(ROUNDS):
        proposal = asked(number)
        withdrawing = partial(
            submission.withdraw,
            proposal=proposal,
            reason="No.",
            by=requester_of(proposal),
            at=SOON,
        )

        results = together(altering(proposal, STAGE, "ben"), withdrawing)

        # What was approved a moment before can still be withdrawn: then both happened, in turn.
        assert refusals(results) in ([], ["not_open"])
        assert stored(proposal).state == "withdrawn"
        assert Review.objects.filter(proposal=proposal, state="open").count() == 0


def test_an_edit_against_the_deadline_leaves_one_of_the_two():
    for number in range(ROUNDS):
        proposal = asked(number)
        late = proposal.deadline_at
        sent = altering(proposal, STAGE, "ben", late - dt.timedelta(seconds=1))

        results = together(sent, partial(expiry.expire_due, at=late))

        if stored(proposal).state == "expired":
            assert refusals(results) == ["not_open"]
            assert stored(proposal).revision_number == 1
        else:
            assert (stored(proposal).state, refusals(results)) == ("approved", [])


def test_an_edit_of_what_came_back_meets_the_record_that_moved_once():
    for number in range(ROUNDS):
        proposal = asked(number)
        decisions.decide(
            proposal_id=proposal.pk,
            person=User.objects.get(username="bea"),
            vote="approve",
            digest=proposal.digest,
            reason_code="",
            text="",
            at=SOON,
        )
        back = partial(
            outcomes.return_to_people,
            proposal_id=proposal.pk,
            conflict=None,
            code="record_moved",
            text="It moved.",
            by=SETUP,
            at=SOON,
        )

        results = together(altering(proposal, LOWER, "ben"), back)

        assert refusals(results) in (["already_decided"], ["not_what_you_saw"])
        causes = Revision.objects.filter(proposal=proposal).order_by("number")
        assert [each.cause for each in causes] == ["submitted", "record_moved"]


@pytest.mark.parametrize("wanted", [STAGE, LOWER], ids=["part", "edit"])
def test_a_process_killed_in_the_middle_leaves_nothing_and_the_form_can_be_sent_again(wanted):
    proposal = asked(0)
    send = altering(proposal, wanted, "ben")
    entries = Entry.objects.count()

    assert died_of(fork(send, fault_point="inside_altering")) == signal.SIGKILL

    assert (stored(proposal).revision_number, stored(proposal).digest) == (1, proposal.digest)
    assert Review.objects.get(proposal=proposal).state == "open"
    assert Entry.objects.count() == entries
    send()
    assert stored(proposal).revision_number == 2
