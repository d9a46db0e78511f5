"""What happened, instead of what time it is: the third question, the second conflict."""

import pytest

from approvals import expiry, outcomes
from approvals.announcing.rounds import announce_due
from approvals.models import Escalation
from orchestrator.commits.models import Commit
from orchestrator.kernel.actors import system
from orchestrator.paging.models import PageCall
from tests.approvals.deciding import answer, send_back
from tests.approvals.escalation.scene import AT, HOUR, entries, escalating, told
from tests.factories import create_proposal, vote_on

pytestmark = pytest.mark.django_db
CONFLICT = {"text": "The stage moved."}


def ask(proposal, times):
    for number in range(times):
        asked = send_back(proposal, at=AT + number * HOUR)
        proposal = answer(asked, at=AT + (number + 0.5) * HOUR) if number + 1 < times else asked
    return proposal


def collide(proposal, hours, conflict=CONFLICT):
    vote_on(proposal=proposal, at=AT + hours * HOUR)
    Commit.objects.all().delete()
    outcomes.return_to_people(
        proposal_id=proposal.pk,
        conflict=conflict,
        code="record_moved",
        text="It moved.",
        by=system("test"),
        at=AT + hours * HOUR,
    )
    return proposal


@pytest.mark.req("I3")
class TestThirdSendBack:
    def test_tells_the_owner_of_the_workflow(self, proposal):
        ask(proposal, 3)

        assert told("escalation.notify_owner") == ["dora"]
        (entry,) = entries(proposal, "review.occasion")
        assert (entry["on"], entry["reached"]) == ("third_send_back", ["dora"])

    def test_is_not_the_second(self, proposal):
        ask(proposal, 2)

        assert told("escalation.notify_owner") == []

    def test_is_answered_by_the_usual_plan_too(self, crm, record):
        ask(escalating(""), 3)

        assert told("escalation.notify_owner") == ["dora"]

    def test_is_not_answered_where_the_plan_has_no_answer(self, crm, record):
        proposal = ask(escalating("escalation: [{{ at: 50%, do: remind }}]"), 3)

        assert not Escalation.objects.filter(proposal=proposal).exists()


@pytest.mark.req("I3")
class TestAnAnswer:
    PLAN = "escalation: [{{ on: third_send_back, do: page }}, {{ at: 300%, do: deny }}]"

    def test_outlives_the_question_that_it_answers(self, crm, record):
        ask(escalating(self.PLAN), 3)
        announce_due(at=AT + 4 * HOUR)

        assert PageCall.objects.get().state == "called"

    def test_is_over_with_the_proposal(self, crm, record):
        ask(escalating(self.PLAN), 3)
        expiry.expire_due(at=AT + 400 * HOUR)
        while announce_due(at=AT + 400 * HOUR):
            continue

        assert PageCall.objects.get().state == "resolved"


@pytest.mark.req("I3")
class TestSecondConflict:
    @pytest.fixture
    def once(self, proposal):
        return collide(proposal, 1)

    def test_calls_somebody_as_the_plan_says(self, once):
        assert not PageCall.objects.exists()
        again = answer_preparation(once)

        collide(again, 2)

        assert PageCall.objects.get(subject_id=once.pk).turns.count() == 1
        assert [entry["on"] for entry in entries(once, "review.occasion")] == ["second_conflict"]

    def test_is_not_what_came_back_for_another_reason(self, once):
        again = answer_preparation(once)

        collide(again, 2, conflict=None)

        assert not PageCall.objects.exists()


def answer_preparation(proposal):
    create_proposal(key="another", at=AT + 1.2 * HOUR)
    proposal.refresh_from_db()
    return proposal
