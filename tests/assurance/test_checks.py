"""Each question of the auditor: quiet while all is in order, and loud once a step is missing."""

import datetime as dt
from functools import partial

import pytest

from approvals.announcing.rounds import announce_due
from approvals.models import Proposal, Review
from orchestrator.agents.models import Agent
from orchestrator.assurance.checks import (
    calls,
    life,
    messages,
    outcomes,
    people,
    reviews,
    time,
    work,
)
from orchestrator.assurance.checks.register import CHECKS
from orchestrator.commits import fence
from orchestrator.commits.models import Commit, DeadLetter
from orchestrator.connectors.errors import NotPermitted
from orchestrator.paging import paging
from orchestrator.paging.models import PageCall
from orchestrator.paging.subjects import PageSubject
from orchestrator.people.models import Role, User
from orchestrator.timers.arming import NewTimer, arm
from orchestrator.timers.firing import fire_due
from orchestrator.timers.models import Timer
from orchestrator.webhooks import operations
from tests.commits.scene import SOON, approve, drain, opportunity
from tests.factories import AT, create_agent, create_proposal, create_role, get_user
from tests.notifications.telling import create_channel, person_without_mail, tell
from tests.webhooks.happening import happen

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
LATER = AT + dt.timedelta(minutes=30)


def words(found) -> str:
    return " ".join(each.words for each in found)


class TestProposals:
    def test_in_any_state_that_the_house_made_have_something_that_comes_next(self, crm):
        opportunity(crm)
        create_proposal(state="received")
        create_proposal(state="in_review")
        create_proposal(state="revision_requested")
        create_proposal(state="approved")
        create_proposal(state="denied")

        assert work.proposals_at_a_loss(AT + dt.timedelta(minutes=4)) == []
        assert work.commits_at_a_loss(AT + dt.timedelta(minutes=4)) == []

    def test_that_nobody_prepares_are_seen(self, crm):
        opportunity(crm)
        proposal = create_proposal(state="received")

        [found] = work.proposals_at_a_loss(LATER)
        assert found.subject_id == proposal.pk
        assert "should have been prepared at" in found.words

    def test_whose_review_is_gone_are_seen(self, crm):
        opportunity(crm)
        proposal = create_proposal(state="in_review")
        Review.objects.filter(proposal=proposal).update(state="closed")

        assert "nobody is asked" in words(work.proposals_at_a_loss(AT))

    def test_whose_deadline_passed_without_expiry_are_seen(self, crm):
        opportunity(crm)
        proposal = create_proposal(state="in_review")
        late = proposal.deadline_at + dt.timedelta(minutes=6)

        assert "should have expired" in words(work.proposals_at_a_loss(late))

    def test_that_are_approved_without_a_commit_are_seen(self, crm):
        opportunity(crm)
        proposal = create_proposal(state="approved")
        Commit.objects.filter(proposal=proposal).delete()

        assert "no commit exists" in words(work.proposals_at_a_loss(AT))


class TestCommits:
    def test_that_no_worker_takes_are_seen(self, crm):
        approve(opportunity(crm))
        assert "no worker took it" in words(work.commits_at_a_loss(LATER))

    def test_that_a_halt_holds_back_are_not(self, crm):
        approve(opportunity(crm))
        by = get_user("dora").actor
        fence.halt(scope="workflow", value="deal-hygiene", reason="Odd.", by=by, at=AT)
        assert work.commits_at_a_loss(LATER) == []

    def test_that_another_scope_is_halted_for_are(self, crm):
        approve(opportunity(crm))
        by = get_user("dora").actor
        fence.halt(scope="workflow", value="another", reason="Odd.", by=by, at=AT)
        assert len(work.commits_at_a_loss(LATER)) == 1

    def test_that_wait_in_a_queue_that_moves_are_not(self, crm):
        approve(opportunity(crm, 1))
        drain(SOON)
        waiting = approve(opportunity(crm, 2))
        assert Commit.objects.get(proposal=waiting).state == "queued"
        just_after = SOON + dt.timedelta(minutes=4, seconds=30)
        assert work.commits_at_a_loss(just_after) == []
        assert len(work.commits_at_a_loss(just_after + dt.timedelta(minutes=1))) == 1

    @pytest.mark.req("E4")
    def test_that_failed_without_anybody_being_asked_are_seen(self, crm):
        approve(opportunity(crm))
        crm.fail_writes = NotPermitted("No.")
        drain()
        assert work.commits_at_a_loss(SOON) == []

        DeadLetter.objects.all().delete()
        assert "no person is asked" in words(work.commits_at_a_loss(SOON))


class TestTimers:
    def test_that_nobody_fires_are_seen(self):
        arm([NewTimer("page.reminder", "pag_nobody", "1", AT)])
        assert time.late_timers(AT + dt.timedelta(minutes=1)) == []
        assert "page.reminder" in words(time.late_timers(LATER))

    def test_that_failed_for_good_are_tried_again_once(self):
        arm([NewTimer("page.reminder", "pag_nobody", "1", AT)])
        Timer.objects.update(state="stuck", error="It broke.", attempts=8)

        [found] = time.stuck_timers(AT)
        assert time.try_stuck_again(found.subject_id, AT)
        assert time.stuck_timers(AT) == []
        assert not time.try_stuck_again(found.subject_id, AT)


class TestPages:
    @pytest.fixture
    def page(self) -> PageCall:
        role = create_role(slug="ops-owner", members=[get_user("ada"), get_user("ben")])
        subject = PageSubject(kind="switch", id="1", title="Halted", path="/controls/")
        called = paging.page(subject=subject, role=role, why="Look.", step="one", at=AT)
        assert called is not None
        return called

    def test_with_a_clock_are_in_order(self, page):
        assert calls.without_a_clock(AT) == []
        assert calls.unanswered(AT) == []

    def test_that_lost_their_clock_call_the_next_person(self, page):
        Timer.objects.all().delete()
        [found] = calls.without_a_clock(AT)
        assert calls.wind_up(found.subject_id, AT)

        assert calls.without_a_clock(AT) == []
        assert page.turns.count() == 2

    def test_that_were_taken_and_lost_their_clock_remind_the_holder(self, page):
        page.turns.update(state="acknowledged", acknowledged_at=AT)
        page.move("acknowledged", acknowledged_at=AT)
        Timer.objects.all().delete()

        assert calls.wind_up(page.pk, AT)
        assert calls.without_a_clock(AT) == []
        assert page.turns.count() == 1

    def test_that_are_over_are_left_alone(self, page):
        paging.resolve(subject_kind="switch", subject_ids=["1"], words="Released.", at=AT)
        assert not calls.wind_up(page.pk, AT)

    def test_that_nobody_answers_are_seen(self, page):
        at = AT
        while not calls.unanswered(at):
            at += dt.timedelta(minutes=1)
            fire_due(at_clock=partial(dt.datetime.fromisoformat, at.isoformat()))
            assert at < AT + dt.timedelta(hours=1)
        assert "nobody answered" in words(calls.unanswered(at))


class TestMessages:
    def test_that_nobody_sends_are_seen_as_one_finding(self):
        role = create_role(slug="ops-owner", members=[get_user("ada"), get_user("ben")])
        for number in range(3):
            subject = PageSubject(kind="switch", id=str(number), title="Halted", path="/controls/")
            paging.page(subject=subject, role=role, why="Look.", step="one", at=AT)

        assert messages.late_deliveries(AT + dt.timedelta(minutes=1)) == []
        [found] = messages.late_deliveries(LATER)
        assert "3 messages wait" in found.words

    def test_for_a_channel_that_is_left_alone_for_a_while_are_not_lost(self):
        person = person_without_mail()
        until = LATER + dt.timedelta(minutes=1)
        create_channel(person=person, address="https://a.example.com/", parked_until=until)
        tell(person)

        assert messages.late_deliveries(LATER) == []
        assert len(messages.late_deliveries(LATER + dt.timedelta(minutes=2))) == 1


class TestWebhooks:
    def test_that_should_have_left_are_seen(self):
        happen(self.listening())

        assert outcomes.late_webhooks(AT) == []
        assert [each.subject_id for each in outcomes.late_webhooks(LATER)] == ["told"]

    @pytest.mark.parametrize("state", ["suspended", "retired"])
    def test_wait_with_an_agent_that_is_switched_off(self, state):
        agent = self.listening()
        happen(agent)
        Agent.objects.filter(pk=agent.pk).update(state=state)

        assert outcomes.late_webhooks(LATER) == []

    def listening(self):
        agent = create_agent(slug="told")
        operations.add_endpoint(
            agent=agent,
            url="https://agent.example.com/hook",
            label="Main",
            events=[],
            by=get_user("ada").actor,
            at=AT,
        )
        return agent


class TestParts:
    def test_that_are_silent_are_named_with_what_stands_still(self, settings, monkeypatch):
        monkeypatch.setattr("orchestrator.kernel.clock.PROCESS_STARTED_AT", AT)
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "pulses_expected": ["timers"]}
        assert "escalations do not fire" in words(life.silent_parts(LATER))


class TestEveryCheck:
    def test_finds_nothing_where_nothing_was_ever_done(self):
        assert {check.name: list(check.look(AT)) for check in CHECKS} == {
            check.name: [] for check in CHECKS
        }
        assert Proposal.objects.count() == 0


class TestOutcomes:
    @pytest.mark.req("E5")
    def test_that_nobody_was_told_of_are_seen(self, crm):
        opportunity(crm)
        create_proposal(state="denied")
        assert outcomes.unannounced(AT + dt.timedelta(minutes=4)) == []
        assert "told to nobody" in words(outcomes.unannounced(LATER))

        announce_due(at=LATER)
        assert outcomes.unannounced(LATER) == []


class TestRoles:
    def test_that_reach_nobody_are_seen_once_a_review_waits_for_them(self, crm):
        opportunity(crm)
        proposal = create_proposal(state="in_review")
        assert people.nobody_for_open_reviews(AT) == []

        role = Review.objects.get(proposal=proposal, state="open").role
        Role.objects.update(fallback=None)
        User.objects.filter(groups__role=role).update(is_active=False)
        assert [each.subject_id for each in people.nobody_for_open_reviews(AT)] == [role.slug]


class TestReviews:
    def test_as_they_open_have_a_next_step(self, crm):
        opportunity(crm)
        create_proposal(state="in_review")
        assert reviews.without_a_next_step(AT) == []

    def test_that_lost_it_get_it_back_once(self, crm):
        opportunity(crm)
        proposal = create_proposal(state="in_review")
        Timer.objects.filter(kind="review.step").delete()
        [found] = reviews.without_a_next_step(AT)
        assert found.path == f"/proposals/{proposal.pk}/escalation/"

        assert reviews.restart(found.subject_id, AT)
        assert reviews.without_a_next_step(AT) == []
        Timer.objects.filter(kind="review.step").delete()
        assert not reviews.restart(found.subject_id, AT)

    def test_that_are_over_are_left_alone(self, crm):
        opportunity(crm)
        proposal = create_proposal(state="denied")
        review = Review.objects.filter(proposal=proposal).first()
        assert not reviews.restart(review.pk, AT)
        assert not reviews.restart("rvw_unknown", AT)
