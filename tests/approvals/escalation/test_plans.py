"""Plans as values: moments, working time, what comes too late, what nobody would notice."""

import datetime as dt

import pytest

from approvals.escalation import plans
from approvals.escalation.plans import Window
from orchestrator.calendars.hours import DEFAULT
from orchestrator.workflows.escalation import DEFAULT as USUAL
from orchestrator.workflows.escalation import EscalationStep

FRIDAY = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)
MONDAY = FRIDAY + dt.timedelta(days=3)
HOUR = dt.timedelta(hours=1)


def window(*, due=MONDAY, deadline=None, business=True):
    return Window(
        opened_at=FRIDAY,
        due_at=due,
        deadline_at=deadline or due + 24 * HOUR,
        hours=DEFAULT,
        business=business,
    )


def moments(steps, **more):
    found = plans.plan([EscalationStep(**step) for step in steps], window(**more))
    return {step.do: step.due_at for step in found if not step.skipped}


@pytest.mark.req("I1", "I2")
class TestMoments:
    def test_are_shares_of_the_working_time(self):
        # Friday 15:00 to Monday 15:00 are eight working hours.
        steps = [{"at": "25%", "do": "remind"}, {"at": "50%", "do": "widen"}]

        assert moments(steps) == {
            "remind": FRIDAY + 2 * HOUR,
            "widen": MONDAY - 4 * HOUR,
        }

    def test_are_shares_of_the_whole_time_where_that_goes_by_the_clock(self):
        assert moments([{"at": "50%", "do": "remind"}], business=False) == {
            "remind": FRIDAY + 36 * HOUR
        }

    def test_follow_the_time_to_decide_where_they_say_so(self):
        steps = [
            {"at": "+30 minutes", "do": "page"},
            {"at": "+4 business hours", "do": "page_next"},
        ]

        assert moments(steps) == {
            "page": MONDAY + HOUR / 2,
            "page_next": MONDAY + 20 * HOUR,
        }

    def test_never_run_backwards(self):
        found = plans.plan(
            [
                EscalationStep(at="+2 business hours", do="page"),
                EscalationStep(at="+90 minutes", do="page_next"),
            ],
            window(deadline=MONDAY + 48 * HOUR),
        )
        assert [step.due_at for step in found] == [MONDAY + 2 * HOUR] * 2

    def test_of_a_deny_is_the_deadline_and_arms_nothing(self):
        (deny,) = plans.plan([EscalationStep(at="300%", do="deny")], window())

        assert (deny.due_at, deny.fires) == (MONDAY + 24 * HOUR, False)


@pytest.mark.req("I2")
class TestTooLate:
    def test_a_step_that_is_brought_forward_does_not_land_on_one_that_keeps_its_moment(self):
        steps = [{"at": "95%", "do": "remind"}, {"at": "100%", "do": "page"}]

        found = moments(steps, deadline=MONDAY)

        assert found["remind"] < found["page"] < MONDAY

    def test_steps_come_in_the_last_tenth_before_the_deadline_in_order(self):
        found = plans.plan(
            USUAL, window(due=FRIDAY + 10 * HOUR, deadline=FRIDAY + 10 * HOUR, business=False)
        )

        assert [(step.do, (step.due_at - FRIDAY) / HOUR) for step in found if step.due_at] == [
            ("remind", 5), ("widen", 8), ("page", 9), ("deny", 10),
        ]  # fmt: skip

    def test_several_share_the_time_that_is_left(self):
        steps = [{"at": "100%", "do": "page"}, {"at": "+1 hour", "do": "page_next"}]
        due = FRIDAY + 10 * HOUR

        found = moments(steps, due=due, deadline=due, business=False)

        assert found == {"page": FRIDAY + 9 * HOUR, "page_next": FRIDAY + 9.5 * HOUR}


@pytest.mark.req("I1", "I2")
class TestWorkingHours:
    WAITING = {"do": "remind", "only": "working hours"}

    def test_a_step_waits_until_people_work(self):
        steps = [{"at": "10%", **self.WAITING}, {"at": "100%", "do": "page"}]

        found = moments(steps, business=False)

        assert found["remind"] == MONDAY - 6 * HOUR

    def test_a_step_that_would_wait_past_the_next_is_left_out(self):
        found = plans.plan(
            [
                EscalationStep(at="10%", do="remind", only="working hours"),
                EscalationStep(at="20%", do="page"),
            ],
            window(business=False),
        )

        assert [(step.do, step.skipped, step.fires) for step in found] == [
            ("remind", True, False), ("page", False, True),
        ]  # fmt: skip
        assert found[0].note == "nobody works before the next step"

    def test_a_step_in_working_hours_keeps_its_time(self):
        assert moments([{"at": "10%", **self.WAITING}]) == {"remind": FRIDAY + HOUR * 0.8}


class TestStored:
    def test_reads_back_as_it_was(self):
        plan = plans.plan(USUAL, window())

        assert plans.read(plans.stored(plan)) == plan
