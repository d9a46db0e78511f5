"""What a reader may do, said once, and the same as the operations would say."""

import datetime as dt

import pytest

from approvals import decisions
from approvals.detail import detail
from approvals.models import Proposal, Review
from approvals.viewer import Viewer, viewer_of
from tests.factories import AT, get_user, vote_on
from tests.sight import keep

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]


def seen_by(
    username: str, proposal: Proposal, at: dt.datetime = AT, signed_in: dt.datetime | None = AT
) -> Viewer:
    """Return the viewer of this person before the proposal."""
    person = get_user(username)
    found = detail(proposal_id=proposal.pk, person=person, at=at)
    return viewer_of(found, person, at=at, authenticated_at=signed_in)


def test_whoever_may_decide_may_do_what_deciding_offers(proposal):
    viewer = seen_by("ben", proposal)

    assert viewer.may_decide
    assert viewer.why_not is None
    assert viewer.may_hand_on
    assert viewer.questions_left == 3
    assert {viewer.may_override, viewer.may_withdraw, viewer.is_requester} == {False}


def test_whoever_answers_for_the_agent_may_withdraw_and_is_told_why_not_more(proposal):
    viewer = seen_by("ada", proposal)

    assert (viewer.is_requester, viewer.may_withdraw, viewer.may_decide) == (True, True, False)
    assert viewer.why_not.code == "own_proposal"


def test_whoever_voted_has_voted(large):
    approve(large)

    viewer = seen_by("ben", large)

    assert viewer.has_voted
    assert not viewer.may_decide


def test_whoever_does_not_see_all_is_told_with_the_code_of_the_operation(proposal):
    keep(proposal.workflow, StageName="sensitive")
    viewer = seen_by("ben", proposal)

    assert (viewer.may_see_all, viewer.may_decide) == (False, False)
    assert viewer.why_not.code == "cannot_see_all"
    assert viewer.hidden == ("Opportunity.StageName",)
    assert viewer.may_hand_on


def test_whoever_runs_the_workflow_may_override_once_time_is_over(proposal):
    assert not seen_by("dora", proposal).may_override
    Review.objects.filter(proposal=proposal, state="open").update(due_at=AT)

    assert seen_by("dora", proposal, at=AT + dt.timedelta(minutes=1)).may_override
    assert not seen_by("ada", proposal, at=AT + dt.timedelta(minutes=1)).may_override


def test_high_risk_asks_for_a_recent_sign_in(proposal):
    Proposal.objects.filter(pk=proposal.pk).update(risk="high")

    assert seen_by("ben", proposal, signed_in=None).needs_recent_sign_in
    assert not seen_by("ben", proposal).needs_recent_sign_in


def test_nothing_is_left_to_do_once_it_is_decided(proposal):
    vote_on(proposal=proposal, vote="deny")
    viewer = seen_by("ben", proposal)

    assert {viewer.may_decide, viewer.may_hand_on, viewer.may_override} == {False}
    assert viewer.why_not is None


def approve(proposal: Proposal) -> None:
    """Let ben approve the open stage."""
    decisions.decide(
        proposal_id=proposal.pk,
        person=get_user("ben"),
        vote="approve",
        digest=proposal.digest,
        reason_code="",
        text="",
        at=AT,
        authenticated_at=AT,
    )
