"""Correcting what could not be written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals import correction, decisions, outcomes, preparation
from approvals.content import change_of
from approvals.models import Proposal, Review, Revision
from approvals.opening import NotWhatYouSaw
from approvals.permissions import OwnProposal
from approvals.problems import InvalidProposal, NotGranted
from orchestrator.agents.models import Grant
from orchestrator.commits.models import Commit
from orchestrator.kernel.states import IllegalMove
from orchestrator.people import operations as people
from tests.factories import (
    AT,
    OPPORTUNITY,
    SETUP,
    create_draft,
    create_proposal,
    create_role,
    get_user,
    vote_on,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "E3")]
LATER = AT + timedelta(hours=30)


@pytest.fixture
def failed(crm) -> Proposal:
    crm.add("Opportunity", OPPORTUNITY, Name="Deal", StageName="Prospecting", Amount=1000.0)
    return fail(create_proposal(state="approved"))


def fail(proposal: Proposal) -> Proposal:
    outcomes.mark_committing(proposal_ids=[proposal.pk], at=AT)
    outcomes.mark_failed(proposal_ids=[proposal.pk], code="NO", text="Refused.", at=AT)
    # Its commit is over; tests of the commits' own side bring it there with a worker.
    Commit.objects.filter(proposal=proposal).update(state="replaced")
    return Proposal.objects.get(pk=proposal.pk)


def correct(proposal: Proposal, *, who: str = "dora", digest: str = "", **fields) -> Proposal:
    revision = Revision.objects.get(proposal=proposal, number=proposal.revision_number)
    [change] = revision.content["changes"]
    return correction.correct(
        proposal_id=proposal.pk,
        digest=digest or proposal.digest,
        changes=[replace(change_of(change), fields=fields or {"StageName": "Proposal"})],
        reason="The stage was renamed.",
        person=get_user(who),
        at=LATER,
    )


def test_makes_a_new_revision_that_nobody_has_approved(failed):
    corrected = correct(failed)

    stored = Proposal.objects.get(pk=failed.pk)
    assert (stored.state, stored.revision_number) == ("in_review", 2)
    assert (stored.approved_at, stored.execute_by) == (None, None)
    assert stored.deadline_at > LATER
    revision = Revision.objects.get(proposal=failed, number=2)
    assert (revision.cause, revision.author_id) == ("corrected", "dora")
    assert revision.content["answer"] == "The stage was renamed."
    assert corrected.digest == revision.digest != failed.digest


@pytest.mark.req("A4")
def test_nothing_is_left_of_the_time_in_which_the_earlier_approval_could_be_undone(failed):
    Proposal.objects.filter(pk=failed.pk).update(
        undo_until=failed.approved_at + timedelta(seconds=5)
    )

    correct(failed)

    stored = Proposal.objects.get(pk=failed.pk)
    assert (stored.state, stored.undo_until) == ("in_review", None)


def test_needs_its_own_approval(failed):
    correct(failed)
    preparation.prepare_due(at=LATER)

    review = Review.objects.get(proposal=failed, state="open")
    assert review.revision.number == 2
    assert vote_on(proposal=failed, at=LATER).state == "approved"
    assert Commit.objects.filter(proposal=failed, revision__number=2).exists()


def test_bars_whoever_corrected_it(failed):
    people.add_member(role=create_role(slug="deal-desk"), person=get_user("dora"), by=SETUP, at=AT)
    correct(failed)
    preparation.prepare_due(at=LATER)

    stored = Proposal.objects.get(pk=failed.pk)
    assert "dora" in stored.barred
    with pytest.raises(OwnProposal):
        decide(stored, "dora")


def decide(proposal: Proposal, who: str) -> None:
    decisions.decide(
        proposal_id=proposal.pk,
        person=get_user(who),
        vote="approve",
        digest=proposal.digest,
        reason_code="",
        text="",
        at=LATER,
        authenticated_at=LATER,
    )


def test_asks_people_even_where_policy_would_write_by_itself(crm):
    key = crm.add("Lead", "00Q000000000001AAA", Name="Lead", Industry="Paper")
    draft = create_draft(
        action="enrich_lead",
        object_name="Lead",
        record_id=key.record_id,
        fields={"Industry": "Energy"},
    )
    first = create_proposal(state="received", draft=draft)
    type(first.workflow).objects.update(mode="execute")
    preparation.prepare_due(at=AT)
    proposal = fail(Proposal.objects.get(pk=first.pk, state="approved"))

    correct(proposal, Industry="Utilities")
    preparation.prepare_due(at=LATER)

    assert Proposal.objects.get(pk=first.pk).state == "in_review"
    verdict = Revision.objects.get(proposal=first, number=2).verdict
    assert "corrected" in [finding["code"] for finding in verdict["findings"]]


def test_is_refused_when_it_changes_nothing(failed):
    with pytest.raises(InvalidProposal) as refused:
        correct(failed, StageName="Qualification")

    assert refused.value.code == "nothing_corrected"


def test_is_refused_by_the_rules_of_the_field(failed):
    with pytest.raises(correction.NotAcceptable):
        correct(failed, StageName="Closed Won")

    assert Proposal.objects.get(pk=failed.pk).state == "failed"


def test_is_refused_outside_the_action(failed):
    with pytest.raises(InvalidProposal) as refused:
        correct(failed, Amount=5)

    assert refused.value.code == "field_not_in_action"


def test_stays_within_the_grants_of_the_agent(failed):
    Grant.objects.update(ends_at=AT)

    with pytest.raises(NotGranted):
        correct(failed)


def test_is_refused_on_other_content_than_was_edited(failed):
    with pytest.raises(NotWhatYouSaw):
        correct(failed, digest="sha256:other")


def test_is_only_for_what_has_failed(crm):
    crm.add("Opportunity", OPPORTUNITY, Name="Deal", StageName="Prospecting", Amount=1000.0)
    waiting = create_proposal(state="in_review")

    with pytest.raises(IllegalMove):
        correct(waiting)
