"""The steps of a review's plan, driven by the clock."""

import pytest

from approvals import decisions, desk, inbox, permissions
from approvals.escalation import steps
from approvals.escalation.arming import KIND
from approvals.models import Proposal, Review
from orchestrator.paging.models import PageCall
from orchestrator.people.models import User
from orchestrator.timers.models import Timer
from orchestrator.workflows.escalation import EscalationStep
from tests.approvals.deciding import answer, decide, send_back
from tests.approvals.escalation.scene import (
    AT,
    HOUR,
    entries,
    escalating,
    fire,
    review_of,
    taken,
    told,
)
from tests.factories import create_draft, create_role, create_user, get_user

pytestmark = pytest.mark.django_db
TWO_ROLES = """
escalation:
  - {{ at: 100%, do: page }}
  - {{ at: +1 hour, do: page, to: vp-sales }}
  - {{ at: 300%, do: deny }}
"""
ONE_MOMENT = """
escalation:
  - {{ at: 100%, do: notify_owner }}
  - {{ at: 100%, do: page }}
  - {{ at: 300%, do: deny }}
"""


@pytest.mark.req("I2")
class TestArming:
    def test_arms_a_timer_for_each_step_with_a_moment_as_the_review_opens(self, proposal):
        timers = Timer.objects.filter(kind=KIND, subject=review_of(proposal).pk).order_by("due_at")

        assert [(timer.step, (timer.due_at - AT) / HOUR) for timer in timers] == [
            ("1-remind", 2), ("2-widen", 3.2), ("3-page", 4), ("4-page_next", 4.5),
            ("5-notify_owner", 5),
        ]  # fmt: skip

    def test_freezes_the_plan_so_that_a_later_version_changes_nothing(self, proposal):
        before = review_of(proposal).plan
        escalating(
            "escalation: [{{ at: 10%, do: remind }}]\ntitle2: x\n".replace("title2: x\n", "")
        )

        assert review_of(proposal).plan == before
        assert [step["do"] for step in before] == [
            "remind", "widen", "page", "page_next", "notify_owner", "deny", "notify_owner", "page",
        ]  # fmt: skip

    def test_arms_the_usual_plan_where_the_file_has_none(self, crm, record):
        review = review_of(escalating(""))

        timers = Timer.objects.filter(kind=KIND, subject=review.pk).order_by("due_at")
        assert [(timer.step, (timer.due_at - AT) / HOUR) for timer in timers] == [
            ("1-remind", 2), ("2-widen", 3.2), ("3-page", 3.6),
        ]  # fmt: skip

    def test_arms_a_later_stage_when_it_opens_and_not_before(self, crm, record):
        crm.edit(record, Amount=90000.0)
        proposal = escalating()
        assert Timer.objects.filter(kind=KIND, state="open").count() == 5

        decide(proposal, at=AT + HOUR)

        second = review_of(proposal)
        timer = Timer.objects.get(subject=second.pk, step="1-remind")
        assert (second.stage, timer.due_at) == (2, AT + 3 * HOUR)

    def test_follows_the_plan_for_what_is_of_high_risk(self, crm, record):
        plans = """
escalation:
  normal: [{{ at: 50%, do: remind }}, {{ at: 100%, do: deny }}]
  important: [{{ at: 25%, do: page }}, {{ at: 100%, do: deny }}]
"""
        crm.edit(record, Amount=90000.0)
        proposal = escalating(
            plans, draft=create_draft(action="change_amount", fields={"Amount": 99000.0})
        )

        assert (proposal.risk, [step["do"] for step in review_of(proposal).plan]) == (
            "high", ["page", "deny"],
        )  # fmt: skip


@pytest.mark.req("I2")
class TestSteps:
    def test_come_one_after_the_other_while_nobody_decides(self, proposal):
        for hours in (2, 3.2, 4, 4.5, 5):
            assert fire(hours) >= 1

        assert taken(proposal) == [
            ("remind", "done"), ("widen", "done"), ("page", "done"), ("page_next", "done"),
            ("notify_owner", "done"),
        ]  # fmt: skip
        assert [each["do"] for each in entries(proposal, "review.escalated")] == [
            "remind", "widen", "page", "page_next", "notify_owner",
        ]  # fmt: skip

    def test_remind_only_who_may_decide_and_has_not(self, crm, record):
        create_role(slug="deal-desk", members=[get_user("ben"), get_user("frida")])
        proposal = escalating()
        Proposal.objects.filter(pk=proposal.pk).update(barred=["ada", "frida"])

        fire(2)

        assert told("escalation.remind") == ["ben"]

    def test_widen_lets_the_backups_see_and_decide_it(self, proposal):
        dora = get_user("dora")
        assert not permissions.carries(dora, review_of(proposal))

        fire(3.2)

        review = review_of(proposal)
        assert review.widened_to.slug == "ops-owner"
        assert permissions.carries(dora, review)
        page = inbox.page(desk=desk.desk_of(User.objects.get(pk=dora.pk)), tab="mine")
        assert [row.proposal.pk for row in page.rows] == [proposal.pk]
        assert told("escalation.widen") == ["dora"]
        assert decide(proposal, "dora", at=AT + 3.5 * HOUR).state == "approved"

    def test_widen_asks_nobody_who_has_no_right_to_decide(self, proposal):
        review = review_of(proposal)
        outsiders = create_role(slug="outsiders", members=[create_user(username="otto")])
        review.role.fallback = outsiders
        review.role.save()

        fire(3.2)

        assert review_of(proposal).widened_to.slug == "ops-owner"
        assert "otto" not in told("escalation.widen")

    def test_page_calls_somebody_who_may_act_on_it(self, proposal):
        fire(4)

        page = PageCall.objects.get(subject_id=proposal.pk)
        assert page.turns.get().person.username == "ben"
        assert "ada" in page.barred

    def test_page_calls_the_role_that_a_later_step_names(self, crm, record):
        create_role(slug="vp-sales", members=[create_user(username="vera")])
        proposal = escalating(TWO_ROLES)

        fire(4)
        Proposal.objects.filter(pk=proposal.pk).update(barred=["ada", "cleo"])
        fire(5)

        page = PageCall.objects.get(subject_id=proposal.pk)
        turns = page.turns.order_by("number")
        # Dora was called meanwhile, because ben did not answer.
        assert [turn.person.username for turn in turns] == ["ben", "dora", "vera"]
        assert (page.role.slug, page.barred) == ("vp-sales", ["ada", "cleo"])

    def test_page_next_names_nobody_where_nobody_is_left(self, proposal):
        Proposal.objects.filter(pk=proposal.pk).update(barred=["ada", "dora"])

        fire(4)
        fire(4.5)

        assert taken(proposal)[-2:] == [("page", "done"), ("page_next", "nobody")]

    def test_of_one_moment_are_all_taken(self, crm, record):
        proposal = escalating(ONE_MOMENT)

        fire(4)

        assert taken(proposal) == [("notify_owner", "done"), ("page", "done")]
        assert told("escalation.notify_owner") == ["dora"]

    def test_notify_owner_tells_who_answers_for_the_workflow(self, proposal):
        fire(5)

        assert told("escalation.notify_owner") == ["dora"]

    def test_say_so_where_nobody_can_be_reached(self, proposal):
        Proposal.objects.filter(pk=proposal.pk).update(barred=["ada", "ben", "dora"])

        fire(2)
        fire(3.2)

        assert taken(proposal) == [("remind", "nobody"), ("widen", "nobody")]
        assert review_of(proposal).widened_to is None

    def test_are_told_once_however_often_they_fire(self, proposal):
        fire(2)
        Timer.objects.filter(step="1-remind").update(state="open", ended_at=None)
        fire(2.1)

        assert taken(proposal) == [("remind", "done")]
        assert told("escalation.remind") == ["ben"]

    def test_say_nothing_of_records_or_the_agents_words_outside_our_pages(self, crm, record):
        proposal = escalating()
        Proposal.objects.filter(pk=proposal.pk).update(title="Northwind owes us")
        fire(2)

        note = get_user("ben").notifications.get(event="escalation.remind")
        assert "Northwind" not in " ".join([note.title, *note.lines])
        assert note.details == ["Northwind owes us"]


@pytest.mark.req("I2")
class TestMissed:
    def test_steps_collapse_into_the_last_one_in_order(self, proposal):
        # The last step, and the word that a review has opened.
        assert fire(4.2) == 2

        assert taken(proposal) == [
            ("remind", "collapsed"), ("widen", "collapsed"), ("page", "done"),
        ]  # fmt: skip
        lateness = [each["lateness"] for each in entries(proposal, "review.escalated")]
        assert lateness == [pytest.approx(2.2 * 3600), pytest.approx(3600), pytest.approx(720)]
        assert not told("escalation.remind")

    def test_a_page_is_not_lost_when_the_next_person_was_to_be_called_already(self, proposal):
        fire(4.6)

        assert taken(proposal)[-1] == ("page_next", "done")
        assert PageCall.objects.get(subject_id=proposal.pk).turns.count() == 1


@pytest.mark.req("I2")
class TestClosedReviews:
    def test_have_no_more_steps_and_leave_no_open_timers(self, proposal):
        decide(proposal)

        fire(2)

        assert taken(proposal) == []
        assert set(Timer.objects.values_list("state", flat=True)) == {"cancelled"}

    def test_a_question_ends_the_plan_and_its_answer_begins_another(self, proposal):
        first = review_of(proposal)
        send_back(proposal, at=AT + HOUR)
        fire(2)
        assert taken(proposal) == []

        answered = answer(proposal, at=AT + 10 * HOUR)

        second = review_of(answered)
        assert second.pk != first.pk
        fire(10 + 1.5)
        assert taken(proposal) == [("remind", "done")]


@pytest.mark.req("A4", "I2")
class TestNeverApproves:
    def test_no_step_decides(self):
        assert "approve" not in steps.STEPS
        kinds = EscalationStep.model_fields["do"].annotation.__args__
        assert set(steps.STEPS) | {"deny"} == set(kinds)

    def test_whatever_fires_the_proposal_stays_undecided(self, proposal):
        for hours in (2, 3.2, 4, 4.5, 5, 11):
            fire(hours)

        proposal.refresh_from_db()
        assert (proposal.state, proposal.approved_at) == ("in_review", None)
        assert not Review.objects.filter(proposal=proposal, decisions__isnull=False).exists()

    def test_and_the_deadline_denies(self, proposal):
        fire(5)
        with pytest.raises(decisions.DeadlinePassed):
            decide(proposal, at=AT + 12 * HOUR)
