"""Reviews that lost their next step are found, and get another, once."""

import datetime as dt

import pytest

from approvals.escalation import missing
from approvals.models import Review
from orchestrator.timers import failing
from orchestrator.timers.models import Timer
from tests.approvals.deciding import decide
from tests.approvals.escalation.scene import AT, HOUR, entries, fire, review_of, taken

pytestmark = pytest.mark.django_db


def reasons(hours: float) -> list[str]:
    return [each.reason for each in missing.next_steps_missing(AT + hours * HOUR)]


@pytest.mark.req("I2")
class TestNextStepsMissing:
    def test_finds_nothing_while_steps_are_to_come_or_only_the_deadline_is(self, proposal):
        assert reasons(0.5) == []
        for hours in (2, 3.2, 4, 4.5, 5):
            fire(hours)
        assert reasons(6) == []

    def test_finds_a_step_that_has_no_timer(self, proposal):
        Timer.objects.filter(step="3-page").delete()

        (found,) = missing.next_steps_missing(AT + HOUR)
        assert (found.review_id, found.proposal_id) == (review_of(proposal).pk, proposal.pk)
        assert found.reason == "A step of its plan has no timer."

    def test_finds_a_step_that_should_have_fired(self, proposal):
        assert reasons(2.5) == ["A step is due and has not fired."]

    def test_finds_a_step_that_is_stuck(self, proposal):
        Timer.objects.filter(step="1-remind").update(state="stuck", error="ValueError: no")

        assert reasons(0.5) == ["A step failed too often and is stuck."]

    def test_finds_a_review_without_a_plan(self, proposal):
        Review.objects.update(plan=[])

        assert reasons(0.5) == ["It has no plan."]

    def test_leaves_closed_reviews_alone(self, proposal):
        Timer.objects.all().delete()
        decide(proposal)

        assert reasons(1) == []


@pytest.mark.req("I2")
class TestRestart:
    def test_arms_what_was_lost_and_keeps_the_times_to_come(self, proposal):
        Timer.objects.filter(step__in=["1-remind", "3-page"]).delete()

        assert missing.restart(review_of(proposal), AT + 2.5 * HOUR)

        due = dict(Timer.objects.filter(step__startswith="again-").values_list("step", "due_at"))
        assert due == {
            "again-1-remind": AT + 2.5 * HOUR + dt.timedelta(seconds=1),
            "again-3-page": AT + 4 * HOUR,
        }
        assert reasons(2.5) == []
        fire(2.51)
        assert taken(proposal) == [("remind", "done")]

    def test_does_so_once(self, proposal):
        Timer.objects.all().delete()

        assert missing.restart(review_of(proposal), AT + HOUR)
        assert not missing.restart(review_of(proposal), AT + HOUR)
        assert len(entries(proposal, "review.plan_restarted")) == 1

    def test_gives_a_plan_to_a_review_that_has_none(self, proposal):
        Review.objects.update(plan=[])
        Timer.objects.all().delete()

        missing.restart(review_of(proposal), AT + HOUR)

        timers = Timer.objects.order_by("due_at").values_list("step", "due_at")
        assert timers[0] == ("1-remind", AT + 2.5 * HOUR)
        assert reasons(1) == []

    def test_tries_what_is_stuck_again(self, proposal):
        Timer.objects.filter(step="1-remind").update(
            state="stuck", error="ValueError: no", attempts=failing.ATTEMPTS
        )

        assert missing.restart(review_of(proposal), AT + HOUR)
        fire(1)
        assert taken(proposal) == [("remind", "done")]

    def test_leaves_a_closed_review_alone(self, proposal):
        review = review_of(proposal)
        decide(proposal)

        assert not missing.restart(review, AT + HOUR)
