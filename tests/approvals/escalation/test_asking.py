"""People are told that a review has opened for them: quietly, once, and never a crowd."""

import pytest

from approvals import decisions
from approvals.models import Proposal
from orchestrator.notifications.models import Notification
from tests.approvals.escalation.scene import AT, fire, told
from tests.commits.scene import opportunity
from tests.factories import create_draft, create_proposal, get_user, vote_on

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]


def open_reviews(crm, count: int) -> list[Proposal]:
    keys = [opportunity(crm, number) for number in range(1, count + 1)]
    drafts = [
        create_draft(record_id=key.record_id, fields={"StageName": "Qualification"}) for key in keys
    ]
    return [create_proposal(draft=draft) for draft in drafts]


class TestAReviewThatOpens:
    def test_is_told_to_whoever_may_decide_it_once(self, crm):
        [proposal] = open_reviews(crm, 1)
        fire(0)
        fire(1)

        assert told("review.opened") == ["ben"]
        message = Notification.objects.get(event="review.opened")
        assert (message.path, message.urgency) == (f"/proposals/{proposal.pk}/", "low")

    def test_is_told_at_once_where_the_risk_is_high(self, crm):
        [proposal] = open_reviews(crm, 1)
        Proposal.objects.filter(pk=proposal.pk).update(risk="high")
        fire(0)
        assert Notification.objects.get(event="review.opened").urgency == "normal"

    def test_names_no_record_outside_our_pages(self, crm):
        open_reviews(crm, 1)
        fire(0)
        message = Notification.objects.get(event="review.opened")
        assert "Deal 1" not in f"{message.title} {message.lines}"

    def test_among_many_is_one_message_for_all(self, crm):
        open_reviews(crm, 7)
        fire(0)
        message = Notification.objects.get(event="review.opened", person__username="ben")
        assert (message.title, message.path) == ("7 changes wait for your decision", "/")

    def test_that_was_decided_meanwhile_is_told_to_nobody(self, crm):
        [proposal] = open_reviews(crm, 1)
        vote_on(proposal=proposal)
        fire(0)
        assert told("review.opened") == []

    def test_of_a_later_stage_is_told_when_it_opens(self, crm):
        key = opportunity(crm, 1, Amount=90000.0)
        draft = create_draft(record_id=key.record_id, fields={"StageName": "Qualification"})
        proposal = create_proposal(draft=draft)
        fire(0)
        assert told("review.opened") == ["ben"]

        vote_on_first_stage(proposal)
        fire(0.1)
        assert told("review.opened") == ["ben", "cleo"]


def vote_on_first_stage(proposal: Proposal) -> None:
    decisions.decide(
        proposal_id=proposal.pk,
        person=get_user("ben"),
        vote="approve",
        digest=proposal.digest,
        reason_code="",
        text="Fine.",
        at=AT,
        authenticated_at=AT,
    )
