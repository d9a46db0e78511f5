"""People who answer a page at the same moment, and workers that die while they call somebody."""

import signal
from functools import partial

import pytest

from orchestrator.notifications.models import Notification
from orchestrator.paging import paging
from orchestrator.paging.acknowledging import AlreadyAnswered, acknowledge, hand_on
from orchestrator.paging.models import PageCall, PageStep, PageTurn
from orchestrator.timers.firing import fire_due
from tests.factories import AT, get_user
from tests.paging.scene import MINUTE, WHY, a_subject, create_callers, history, open_page
from tests.races.scene import died_of, fork
from tests.races.test_decisions import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("I2")]
ROUNDS = 5
UP = AT + 5 * MINUTE


def fire() -> int:
    return fire_due(at_clock=lambda: UP)


def called() -> list[str]:
    rows = Notification.objects.filter(event="page.called").order_by("pk")
    return list(rows.values_list("person__username", flat=True))


class TestAtOnce:
    def test_one_of_two_who_answer_has_it(self):
        role = create_callers()
        for number in range(ROUNDS):
            page = open_page(role=role, subject=a_subject(id=f"prp_{number}"))
            people = [get_user("ben"), get_user("cleo")]

            answers = together(
                *(partial(acknowledge, page=page, person=each, at=AT) for each in people)
            )

            assert [type(each) for each in answers].count(AlreadyAnswered) == 1
            assert [state for _, state in history(page)].count("acknowledged") == 1
            assert PageCall.objects.get(pk=page.pk).state == "acknowledged"

    def test_one_step_calls_one_person_whoever_takes_it(self):
        role = create_callers()
        for number in range(ROUNDS):
            subject = a_subject(id=f"prp_{number}")
            take = partial(paging.page, subject=subject, role=role, why=WHY, step="page", at=AT)

            found = together(*[take] * 3)

            assert len([page for page in found if page]) == 1
            page = PageCall.objects.get(subject_id=subject.id)
            assert history(page) == [("ben", "calling")]
            assert PageStep.objects.filter(subject_id=subject.id).count() == 1

    def test_an_answer_and_the_end_of_its_time_leave_one_truth(self):
        role = create_callers()
        for number in range(ROUNDS):
            page = open_page(role=role, subject=a_subject(id=f"prp_{number}"))

            together(partial(acknowledge, page=page, person=get_user("ben"), at=UP), fire)

            assert history(page) in (
                [("ben", "acknowledged")],
                [("ben", "acknowledged"), ("cleo", "relieved")],
            )
            assert PageCall.objects.get(pk=page.pk).state == "acknowledged"

    def test_two_who_hand_it_on_call_one_person_each_in_turn(self):
        page = open_page()
        ben, cleo, dora = (get_user(name) for name in ("ben", "cleo", "dora"))

        together(
            partial(hand_on, page=page, to=cleo, by=ben, words="", at=AT),
            partial(hand_on, page=page, to=dora, by=ben, words="", at=AT),
        )

        assert PageTurn.objects.filter(page=page, state="calling").count() == 1


class TestKilled:
    @pytest.mark.parametrize(
        "point", ["timers.claimed", "page.given_up", "page.told", "timers.handled"]
    )
    def test_while_calling_the_next_person_leaves_all_of_it_or_nothing(self, point):
        page = open_page()

        assert died_of(fork(fire, fault_point=point)) == signal.SIGKILL
        assert (history(page), called()) == ([("ben", "calling")], ["ben"])

        assert [died_of(fork(fire)) for _ in range(2)] == [0, 0]
        assert history(page) == [("ben", "unanswered"), ("cleo", "calling")]
        assert called() == ["ben", "cleo"]

    def test_while_opening_a_page_leaves_the_step_to_be_taken_again(self):
        role = create_callers()
        take = partial(open_page, role=role)

        assert died_of(fork(take, fault_point="page.told")) == signal.SIGKILL
        assert not PageCall.objects.exists()

        assert history(take()) == [("ben", "calling")]
        assert called() == ["ben"]
